package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One pool gives back the only permit while another, in another thread, finds none and joins the queue, as close together as two
 * threads can be brought, many times over. However it falls out, the permit must be in the second one's hands after both are done.
 */
@Timeout(120)
class ServerCapRaceTest {

    private static final int ROUNDS = 50_000;

    private final AtomicInteger ready = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();

    /** Written by whichever thread hands a permit out; read by this one after both have finished the round. */
    private final AtomicInteger handed = new AtomicInteger();

    private final ServerCap database = new ServerCap(1);
    private final ServerCap user = new ServerCap(0);

    @Test
    void release_whileAnotherPoolJoinsTheQueue_losesNoWakeUp() throws InterruptedException {
        Thread releasing = new Thread(this::releaseEachRound, "releasing");
        releasing.setDaemon(true);
        releasing.start();
        int atOnce = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            BudgetAccount account = account();
            database.tryAcquire();
            handed.set(0);
            meet(ready, round);
            boolean acquired = account.tryAcquireOrQueue(false);
            meet(finished, round);

            atOnce += acquired ? 1 : 0;
            assertEquals(acquired ? 0 : 1, handed.get(), "round " + round + ": permits handed over");
            assertEquals(1, database.used(), "round " + round + ": permits out");
            database.release();
            if (acquired) {
                user.release();
            }
        }
        releasing.join();
        assertEquals(0, database.used());
        assertEquals(0, user.used(), "after " + atOnce + " rounds without waiting");
    }

    private void releaseEachRound() {
        for (int round = 1; round <= ROUNDS; round++) {
            meet(ready, round);
            database.release();
            meet(finished, round);
        }
    }

    private static void meet(AtomicInteger place, int round) {
        place.incrementAndGet();
        for (int spins = 0; place.get() < 2 * round; spins++) {
            if (spins % 1_000 == 999) {
                LockSupport.parkNanos(1);
            }
            Thread.onSpinWait();
        }
    }

    /** An account whose loop only counts the permits it is told of. */
    private BudgetAccount account() {
        return new BudgetAccount(database, user, new Nobody(), new CountingLoop());
    }

    private final class CountingLoop implements LoopTime {

        private final Queue<Runnable> neverRun = new ArrayDeque<>();

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void execute(Runnable task) {
            neverRun.add(task);
            handed.incrementAndGet();
        }
    }

    private static final class Nobody implements BudgetAccount.Owner {

        @Override
        public void permitHanded() {
            throw new AssertionError("its loop does not run");
        }

        @Override
        public boolean yieldIdle() {
            return false;
        }
    }
}
