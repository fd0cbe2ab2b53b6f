package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A client in the simulation: leases, waits, holds, and sometimes calls the pool again from within its callbacks. */
final class SimulatedClient implements LeaseHolder<Integer> {

    final Waiter<Integer> waiter;
    boolean waiting;

    @Nullable
    Slot<Integer> slot;

    /** Whether the simulation goes on; at its end clients leave as soon as they are served. */
    boolean leaving;

    private boolean leasing;
    private final SimulatedPool owner;
    private final SplittableRandom random;

    SimulatedClient(SimulatedPool owner, SplittableRandom random) {
        this.owner = owner;
        this.random = random;
        String startup = random.nextBoolean() ? "utc" : "cet";
        boolean exact = random.nextInt(8) == 0;
        long timeoutNanos =
                random.nextInt(4) == 0 ? Duration.ofSeconds(random.nextInt(30)).toNanos() : Waiter.POOL_TIMEOUT;
        waiter = new Waiter<>(this, startup, exact, timeoutNanos);
    }

    /** What a client does next of its own accord. */
    void act() {
        if (waiting) {
            if (random.nextInt(10) == 0) {
                waiting = false;
                owner.pool.withdraw(waiter);
            }
            return;
        }
        if (slot == null) {
            lease();
            return;
        }
        giveBack();
    }

    void lease() {
        leasing = true;
        waiting = true;
        Slot<Integer> leased = owner.pool.lease(waiter);
        leasing = false;
        if (leased != null) {
            owner.checkLeasedAtOnce(leased);
            waiting = false;
            slot = leased;
        }
    }

    void giveBack() {
        Slot<Integer> held = slot;
        slot = null;
        if (held == null) {
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> {
                slot = held;
                owner.pool.discard(held, CloseReason.NOT_CLEAN);
                assertNull(slot, "discarded, but not closed");
            }
            case 1 -> {
                owner.pool.discardAtRelease(held, CloseReason.FENCED);
                owner.pool.release(held);
            }
            default -> owner.pool.release(held);
        }
    }

    @Override
    public void granted(Slot<Integer> granted) {
        assertTrue(waiting, "answered, but does not wait");
        assertFalse(leasing, "answered within lease");
        owner.checkGrant(granted, waiter);
        waiting = false;
        slot = granted;
        if (leaving || random.nextInt(8) == 0) {
            giveBack();
        }
        if (!leaving && slot == null && random.nextInt(3) == 0) {
            lease();
        }
    }

    @Override
    public void refused(RefusalReason reason, @Nullable Object cause) {
        assertTrue(waiting, "answered, but does not wait");
        assertFalse(leasing, "answered within lease");
        waiting = false;
        if (!leaving && random.nextInt(8) == 0) {
            lease();
        }
    }

    void lost(Slot<Integer> closed) {
        if (slot == closed) {
            slot = null;
        }
    }
}
