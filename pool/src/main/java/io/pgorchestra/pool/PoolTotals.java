package io.pgorchestra.pool;

import java.util.EnumMap;
import java.util.Map;

/** What a pool has done since it was made; only ever grows. Bound to the pool's loop, and so are its readers. */
public final class PoolTotals {

    private final Map<CloseReason, Long> closes = new EnumMap<>(CloseReason.class);
    private final Map<RefusalReason, Long> refusals = new EnumMap<>(RefusalReason.class);
    private long leases;
    private long waits;
    private long waitNanos;
    private long opens;

    PoolTotals() {}

    /** {@code server_assignment_count}: leases granted, at once or after waiting. */
    public long leases() {
        return leases;
    }

    /** Clients that had to wait and are done with it, whatever the outcome. */
    public long waits() {
        return waits;
    }

    /** {@code wait_time}: nanoseconds those clients waited together. */
    public long waitNanos() {
        return waitNanos;
    }

    /** Servers opened, or tried. */
    public long opens() {
        return opens;
    }

    public long closes(CloseReason reason) {
        return closes.getOrDefault(reason, 0L);
    }

    public long refusals(RefusalReason reason) {
        return refusals.getOrDefault(reason, 0L);
    }

    void countLease() {
        leases++;
    }

    void countWait(long nanos) {
        waits++;
        waitNanos += nanos;
    }

    void countOpen() {
        opens++;
    }

    void countClose(CloseReason reason) {
        closes.merge(reason, 1L, Long::sum);
    }

    void countRefusal(RefusalReason reason) {
        refusals.merge(reason, 1L, Long::sum);
    }
}
