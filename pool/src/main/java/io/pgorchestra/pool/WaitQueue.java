package io.pgorchestra.pool;

import org.jspecify.annotations.Nullable;

/**
 * The clients waiting for a server of one pool, first come first served: a list threaded through the waiters, so that joining and
 * leaving at any position cost no allocation and no search.
 */
final class WaitQueue<S> {

    private @Nullable Waiter<S> first;
    private @Nullable Waiter<S> last;
    private int size;
    private int exactSize;
    private long changes;

    @Nullable
    Waiter<S> first() {
        return first;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** How many of them accept only a server with their own startup parameters. */
    int exactSize() {
        return exactSize;
    }

    /** Differs from an earlier value if anybody came or went since. */
    long changes() {
        return changes;
    }

    /** The waiter with so many before it; there must be one. */
    Waiter<S> after(int earlierWaiters) {
        Waiter<S> waiter = first;
        for (int i = 0; i < earlierWaiters && waiter != null; i++) {
            waiter = waiter.later;
        }
        if (waiter == null) {
            throw new IllegalStateException(
                    "no waiter after " + earlierWaiters + " (expected: fewer than " + size + ")");
        }
        return waiter;
    }

    void add(Waiter<S> waiter, long nowNanos) {
        assert waiter.queue == null : "waits already";
        waiter.queue = this;
        waiter.waitingSinceNanos = nowNanos;
        waiter.earlier = last;
        if (last == null) {
            first = waiter;
        } else {
            last.later = waiter;
        }
        last = waiter;
        count(waiter, 1);
        waiter.joined = changes;
    }

    void remove(Waiter<S> waiter) {
        assert waiter.queue == this : "waits elsewhere or nowhere";
        Waiter<S> earlier = waiter.earlier;
        Waiter<S> later = waiter.later;
        if (earlier == null) {
            first = later;
        } else {
            earlier.later = later;
        }
        if (later == null) {
            last = earlier;
        } else {
            later.earlier = earlier;
        }
        waiter.queue = null;
        waiter.earlier = null;
        waiter.later = null;
        count(waiter, -1);
    }

    private void count(Waiter<S> waiter, int change) {
        size += change;
        if (waiter.exactStartup()) {
            exactSize += change;
        }
        changes++;
    }
}
