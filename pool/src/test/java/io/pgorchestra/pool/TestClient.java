package io.pgorchestra.pool;

import org.jspecify.annotations.Nullable;

/** A client that remembers what it was told. */
final class TestClient implements LeaseHolder<String> {

    final Waiter<String> waiter;

    @Nullable
    Slot<String> slot;

    @Nullable
    RefusalReason refusal;

    @Nullable
    Object cause;

    int answers;

    /** What it does when granted. */
    Runnable whenGranted = () -> {};

    Runnable whenRefused = () -> {};

    TestClient(Object startup, boolean exactStartup, long waitTimeoutNanos) {
        waiter = new Waiter<>(this, startup, exactStartup, waitTimeoutNanos);
    }

    TestClient() {
        this("plain", false, Waiter.POOL_TIMEOUT);
    }

    @Override
    public void granted(Slot<String> granted) {
        answers++;
        slot = granted;
        whenGranted.run();
    }

    @Override
    public void refused(RefusalReason reason, @Nullable Object why) {
        answers++;
        refusal = reason;
        cause = why;
        whenRefused.run();
    }

    /** Leases; true if at once. */
    boolean lease(Pool<String> pool) {
        slot = pool.lease(waiter);
        return slot != null;
    }

    Slot<String> slot() {
        Slot<String> present = slot;
        if (present == null) {
            throw new AssertionError("holds no server");
        }
        return present;
    }

    void release(Pool<String> pool) {
        Slot<String> held = slot();
        slot = null;
        pool.release(held);
    }
}
