package io.pgorchestra.proxy.admin;

import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Averages of traffic over the last one to two periods, as PgBouncer forms them: counts and bytes per second, times per
 * transaction, query and assignment.
 *
 * <p>{@link #roll} is called by one timer, every {@code stats_period}; the averages may be read from any thread.
 */
final class StatsAverages {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private volatile Window window;

    StatsAverages(long startNanos) {
        Mark start = new Mark(startNanos, Map.of());
        window = new Window(start, start);
    }

    /** Ends a period: {@code rows} are the totals at {@code nowNanos}. */
    void roll(long nowNanos, List<StatsRow> rows) {
        Map<String, TrafficTotals> totals = rows.stream()
                .collect(Collectors.toUnmodifiableMap(StatsRow::database, StatsRow::totals, TrafficTotals::plus));
        window = new Window(window.newer, new Mark(nowNanos, totals));
    }

    /** The averages of one database, whose totals now are {@code row}. */
    TrafficTotals averageOf(StatsRow row, long nowNanos) {
        Mark from = window.older;
        return average(row.totals(), from.totalsOf(row.database()), nowNanos - from.nanos);
    }

    /** The averages of all databases taken together. */
    TrafficTotals averageOfAll(List<StatsRow> rows, long nowNanos) {
        Mark from = window.older;
        TrafficTotals now = TrafficTotals.ZERO;
        TrafficTotals then = TrafficTotals.ZERO;
        for (StatsRow row : rows) {
            now = now.plus(row.totals());
            // A database that has gone since is left out on both sides, so that no difference is negative.
            then = then.plus(from.totalsOf(row.database()));
        }
        return average(now, then, nowNanos - from.nanos);
    }

    private static TrafficTotals average(TrafficTotals now, TrafficTotals then, long elapsedNanos) {
        if (elapsedNanos <= 0) {
            return TrafficTotals.ZERO;
        }
        Difference difference = new Difference(now, then, elapsedNanos);
        return new TrafficTotals(
                difference.perSecond(TrafficTotals::serverAssignments),
                difference.perSecond(TrafficTotals::transactions),
                difference.perSecond(TrafficTotals::queries),
                difference.perSecond(TrafficTotals::bytesReceived),
                difference.perSecond(TrafficTotals::bytesSent),
                difference.per(TrafficTotals::transactionMicros, TrafficTotals::transactions),
                difference.per(TrafficTotals::queryMicros, TrafficTotals::queries),
                difference.per(TrafficTotals::waitMicros, TrafficTotals::serverAssignments),
                difference.perSecond(TrafficTotals::clientParses),
                difference.perSecond(TrafficTotals::serverParses),
                difference.perSecond(TrafficTotals::binds),
                difference.perSecond(TrafficTotals::clientLogins));
    }

    private record Mark(long nanos, Map<String, TrafficTotals> totals) {
        TrafficTotals totalsOf(String database) {
            return totals.getOrDefault(database, TrafficTotals.ZERO);
        }
    }

    private record Window(Mark older, Mark newer) {}

    private record Difference(TrafficTotals now, TrafficTotals then, long elapsedNanos) {
        /** A database that was removed and configured anew starts again at zero: never below it. */
        private long of(ToLongFunction<TrafficTotals> measure) {
            return Math.max(0, measure.applyAsLong(now) - measure.applyAsLong(then));
        }

        long perSecond(ToLongFunction<TrafficTotals> measure) {
            // In double: bytes times a billion would overflow a long after nine gigabytes.
            return (long) ((double) of(measure) * NANOS_PER_SECOND / elapsedNanos);
        }

        long per(ToLongFunction<TrafficTotals> measure, ToLongFunction<TrafficTotals> count) {
            long divisor = of(count);
            return divisor == 0 ? 0 : of(measure) / divisor;
        }
    }
}
