package io.pgorchestra.pool;

/** The clock and the mailbox of one event loop. */
public interface LoopTime {

    /**
     * Nanoseconds of a monotonic clock. A value taken once per turn of the loop is good enough; the pool asks up to twice per lease.
     */
    long nanos();

    /** Runs a task on this loop in a later turn, never within this call. The one method that any thread may call. */
    void execute(Runnable task);
}
