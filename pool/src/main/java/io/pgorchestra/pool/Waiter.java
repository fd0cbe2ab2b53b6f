package io.pgorchestra.pool;

import org.jspecify.annotations.Nullable;

/**
 * A client's place in the queues of pools: one per client for its whole life, in one queue at a time. Bound to the pool's loop.
 *
 * @param <S> the server connection
 */
public final class Waiter<S> {

    /** Stands for the pool's own {@code query_wait_timeout}, followed as it changes. */
    public static final long POOL_TIMEOUT = -1;

    @Nullable
    WaitQueue<S> queue;

    @Nullable
    Waiter<S> earlier;

    @Nullable
    Waiter<S> later;

    long waitingSinceNanos;

    /** The count of changes to the queue when it joined: later ones have a higher number. */
    long joined;

    /** The last server, by place and id so that a closed one is not kept from the collector. */
    int lastPlace = -1;

    int lastSlotId;

    private final LeaseHolder<S> holder;
    private final Object startup;
    final int startupHash;
    private final boolean exactStartup;
    private final long waitTimeoutNanos;

    /**
     * @param startup a value object of the client's startup parameters; servers opened with an equal one are preferred
     * @param exactStartup whether only such a server will do
     * @param waitTimeoutNanos how long this client may wait; 0 for ever, {@link #POOL_TIMEOUT} as long as the pool says
     */
    public Waiter(LeaseHolder<S> holder, Object startup, boolean exactStartup, long waitTimeoutNanos) {
        if (waitTimeoutNanos < POOL_TIMEOUT) {
            throw new IllegalArgumentException("waitTimeoutNanos: " + waitTimeoutNanos + " (expected: >= -1)");
        }
        this.holder = holder;
        this.startup = startup;
        this.startupHash = startup.hashCode();
        this.exactStartup = exactStartup;
        this.waitTimeoutNanos = waitTimeoutNanos;
    }

    /** Whether it is in a queue. */
    public boolean waiting() {
        return queue != null;
    }

    /** When the present or last waiting began. */
    public long waitingSinceNanos() {
        return waitingSinceNanos;
    }

    public LeaseHolder<S> holder() {
        return holder;
    }

    public Object startup() {
        return startup;
    }

    public boolean exactStartup() {
        return exactStartup;
    }

    public long waitTimeoutNanos() {
        return waitTimeoutNanos;
    }

    boolean waitedTooLong(long nowNanos, long poolTimeoutNanos) {
        long timeoutNanos = waitTimeoutNanos == POOL_TIMEOUT ? poolTimeoutNanos : waitTimeoutNanos;
        return timeoutNanos > 0 && nowNanos - waitingSinceNanos >= timeoutNanos;
    }

    boolean heldTooLong(long nowNanos, long gateOpenNanos, long holdTimeoutNanos) {
        return holdTimeoutNanos > 0 && nowNanos - Math.max(waitingSinceNanos, gateOpenNanos) >= holdTimeoutNanos;
    }
}
