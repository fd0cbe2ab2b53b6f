package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.failure.Failure;
import org.jspecify.annotations.Nullable;

/** The moments that a session's timeouts count from, on its loop's clock, and which timeout is over. Bound to the session's loop. */
final class SessionTimes {

    private boolean touched = true;
    private long heardNanos;
    private long requestNanos;
    private long leaseNanos;
    private long heldNanos;

    SessionTimes(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** The client has sent something; when, the next {@link #tick} says. */
    void touched() {
        touched = true;
    }

    void tick(long nowNanos) {
        if (touched) {
            touched = false;
            heardNanos = nowNanos;
        }
    }

    /** The first of several requests in flight is sent. */
    void requestBegins(long nowNanos) {
        requestNanos = nowNanos;
    }

    /** A request is answered, and the next one in flight, if any, begins. Answers how long it took. */
    long requestEnds(long nowNanos) {
        long took = nowNanos - requestNanos;
        requestNanos = nowNanos;
        return took;
    }

    /** A transaction may begin. */
    void leaseBegins(long nowNanos) {
        leaseNanos = nowNanos;
    }

    /** A transaction has ended, and another one may begin. Answers how long it took. */
    long transactionEnds(long nowNanos) {
        long took = nowNanos - leaseNanos;
        leaseNanos = nowNanos;
        return took;
    }

    /** What the client sends is held back from now on. */
    void holdBegins(long nowNanos) {
        heldNanos = nowNanos;
    }

    boolean heldFor(long limitNanos, long nowNanos) {
        return over(limitNanos, nowNanos - heldNanos);
    }

    /** What ends a client that has neither a transaction nor a request; null if nothing does. */
    @Nullable
    Failure overdueIdle(SessionSettings settings, long nowNanos) {
        return over(settings.clientIdleTimeoutNanos(), nowNanos - heardNanos) ? Failure.clientIdleTimeout() : null;
    }

    /**
     * What ends a client that has a server; null if nothing does.
     *
     * @param running whether replies are owed
     * @param midMessage whether the client has begun a message and not ended it
     */
    @Nullable
    Failure overdue(
            SessionSettings settings, long nowNanos, boolean running, boolean inTransaction, boolean midMessage) {
        if (running && over(settings.queryTimeoutNanos(), nowNanos - requestNanos)) {
            return Failure.queryTimeout();
        }
        if ((running || inTransaction) && over(settings.transactionTimeoutNanos(), nowNanos - leaseNanos)) {
            return Failure.transactionTimeout();
        }
        boolean waitsForClient = midMessage || (!running && inTransaction);
        if (waitsForClient
                && over(settings.idleTransactionTimeoutNanos(), nowNanos - Math.max(heardNanos, requestNanos))) {
            return Failure.idleTransactionTimeout();
        }
        return running || inTransaction ? null : overdueIdle(settings, nowNanos);
    }

    private static boolean over(long limitNanos, long nanos) {
        return limitNanos > 0 && nanos > limitNanos;
    }
}
