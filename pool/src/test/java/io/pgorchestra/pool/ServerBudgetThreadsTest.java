package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The budget with a real thread per loop. Nothing here asks twice: one lost wake-up, and a test does not come to its end. */
@Timeout(120)
class ServerBudgetThreadsTest {

    private static final int LOOPS = 4;

    private final List<ThreadLoop> loops = new ArrayList<>();
    private final ServerBudget budget = new ServerBudget();

    @AfterEach
    void stopLoops() {
        loops.forEach(loop -> loop.executor.shutdownNow());
    }

    @Test
    void permits_amongThreads_areNeverExceededNorLost() throws InterruptedException {
        budget.limitDatabase("app", 2);
        budget.limitUser("web", 1);
        AtomicInteger ofDatabase = new AtomicInteger();
        AtomicInteger ofUser = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger mostOfUser = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(LOOPS);

        for (int i = 0; i < LOOPS; i++) {
            boolean ofWeb = i < LOOPS / 2;
            Consumer<Integer> count = change -> {
                most.accumulateAndGet(ofDatabase.addAndGet(change), Math::max);
                if (ofWeb) {
                    mostOfUser.accumulateAndGet(ofUser.addAndGet(change), Math::max);
                }
            };
            ThreadLoop loop = loop();
            PermitUser user = new PermitUser(20_000, loop, count, done);
            user.join(budget, new PoolKey("app", ofWeb ? "web" : "batch"));
            loop.execute(user::next);
        }

        assertTrue(done.await(60, TimeUnit.SECONDS), "a wake-up was lost");
        assertEquals(2, most.get(), "permits of the database out at once");
        assertEquals(1, mostOfUser.get(), "permits of the user out at once");
        assertEquals(0, budget.databaseConnections("app"));
        assertEquals(0, budget.userConnections("web"));
    }

    @Test
    void limits_changedByAnotherThread_leaveNobodyWaiting() throws InterruptedException {
        budget.limitDatabase("app", 1);
        CountDownLatch done = new CountDownLatch(LOOPS);
        for (int i = 0; i < LOOPS; i++) {
            ThreadLoop loop = loop();
            PermitUser user = new PermitUser(20_000, loop, change -> {}, done);
            user.join(budget, new PoolKey("app", "user" + i));
            loop.execute(user::next);
        }

        for (int change = 0; done.getCount() > 0 && change < 1_000_000; change++) {
            budget.limitDatabase("app", 1 + change % 3);
        }

        assertTrue(done.await(60, TimeUnit.SECONDS), "a wake-up was lost");
        assertEquals(0, budget.databaseConnections("app"));
    }

    @Test
    void pools_onTheirOwnThreads_shareALimitAndServeEverybody() throws InterruptedException {
        budget.limitDatabase("app", 2);
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(LOOPS);
        for (int i = 0; i < LOOPS; i++) {
            ThreadLoop loop = loop();
            PoolUser user = new PoolUser(2_000, loop, open, most, done);
            PoolKey key = new PoolKey("app", "user" + i);
            loop.execute(() -> user.start(key, budget));
        }

        assertTrue(done.await(60, TimeUnit.SECONDS), "a client waits for ever");
        assertEquals(2, most.get(), "servers open at once");
        assertEquals(0, budget.databaseConnections("app"));
    }

    private ThreadLoop loop() {
        ThreadLoop loop = new ThreadLoop();
        loops.add(loop);
        return loop;
    }

    /** A loop that is a thread. */
    private static final class ThreadLoop implements LoopTime {

        final ExecutorService executor = Executors.newSingleThreadExecutor();

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }
    }

    /** Takes a permit so many times, and gives it back in a later turn of its loop. */
    private static final class PermitUser implements BudgetAccount.Owner {

        private int left;
        private final ThreadLoop loop;
        private final Consumer<Integer> count;
        private final CountDownLatch done;
        private final List<BudgetAccount> account = new ArrayList<>();

        PermitUser(int times, ThreadLoop loop, Consumer<Integer> count, CountDownLatch done) {
            this.left = times;
            this.loop = loop;
            this.count = count;
            this.done = done;
        }

        void join(ServerBudget budget, PoolKey key) {
            account.add(budget.join(key, this, loop));
        }

        void next() {
            if (account.get(0).tryAcquireOrQueue(false)) {
                count.accept(1);
                loop.execute(this::giveBack);
            }
        }

        private void giveBack() {
            count.accept(-1);
            account.get(0).release();
            left--;
            if (left == 0) {
                done.countDown();
                return;
            }
            next();
        }

        @Override
        public void permitHanded() {
            if (!account.get(0).queued()) {
                next();
            }
        }

        @Override
        public boolean yieldIdle() {
            return false;
        }
    }

    /** A pool whose three clients lease and release so many times together, and whose servers connect in a later turn. */
    private static final class PoolUser implements Connector<String> {

        private int left;
        private boolean ended;
        private final ThreadLoop loop;
        private final AtomicInteger open;
        private final AtomicInteger most;
        private final CountDownLatch done;
        private final List<Pool<String>> pools = new ArrayList<>();

        PoolUser(int times, ThreadLoop loop, AtomicInteger open, AtomicInteger most, CountDownLatch done) {
            this.left = times;
            this.loop = loop;
            this.open = open;
            this.most = most;
            this.done = done;
        }

        void start(PoolKey key, ServerBudget budget) {
            pools.add(new Pool<>(key, new TestSettings().build(), this, budget, loop));
            for (int i = 0; i < 3; i++) {
                TestClient client = new TestClient();
                client.whenGranted = () -> loop.execute(() -> use(client));
                lease(client);
            }
            tick();
        }

        private void tick() {
            if (!ended) {
                pools.get(0).tick();
                loop.execute(this::tick);
            }
        }

        private void lease(TestClient client) {
            if (client.lease(pools.get(0))) {
                loop.execute(() -> use(client));
            }
        }

        private void use(TestClient client) {
            client.release(pools.get(0));
            left--;
            if (left > 0) {
                lease(client);
                return;
            }
            if (!ended
                    && pools.get(0).counts().active() == 0
                    && pools.get(0).counts().waiting() == 0) {
                ended = true;
                pools.get(0).retire(CloseReason.SHUTDOWN);
                done.countDown();
            }
        }

        @Override
        public void open(Slot<String> slot) {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            loop.execute(() -> {
                if (slot.state() == SlotState.CONNECTING) {
                    pools.get(0).connected(slot, "server");
                }
            });
        }

        @Override
        public void reset(Slot<String> slot) {
            throw new AssertionError("not set");
        }

        @Override
        public void check(Slot<String> slot) {
            throw new AssertionError("not set");
        }

        @Override
        public void close(Slot<String> slot, CloseReason reason) {
            open.decrementAndGet();
        }
    }
}
