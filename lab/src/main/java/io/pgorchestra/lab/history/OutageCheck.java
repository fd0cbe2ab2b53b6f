package io.pgorchestra.lab.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** RTO: after each fault, the longest time in which no operation of one kind succeeded, from the last that did to the next. */
public final class OutageCheck implements HistoryCheck {

    private final Operation.Kind kind;
    private final Duration limit;

    public OutageCheck(Operation.Kind kind, Duration limit) {
        this.kind = kind;
        this.limit = limit;
    }

    @Override
    public Verdict check(History history) {
        List<Outage> outages = outages(history, kind);
        List<String> findings = outages.stream()
                .filter(outage -> outage.nanos > limit.toNanos() || !outage.ended)
                .map(outage -> outage + (outage.ended ? " (expected: at most " + limit.toMillis() + " ms)" : ""))
                .toList();
        String figures =
                String.join("; ", outages.stream().map(Outage::toString).toList());
        return new Verdict("RTO " + kind, findings, figures);
    }

    static List<Outage> outages(History history, Operation.Kind kind) {
        long[] successes = history.of(kind)
                .filter(operation -> operation.outcome() == Outcome.OK)
                .mapToLong(Operation::completedNanos)
                .toArray();
        List<Outage> outages = new ArrayList<>();
        List<Fault> faults = history.faults();
        for (int i = 0; i < faults.size(); i++) {
            long until = i + 1 < faults.size() ? faults.get(i + 1).atNanos() : history.endNanos();
            outages.add(longest(faults.get(i), until, history.beginNanos(), successes));
        }
        return outages;
    }

    /** Of the gaps between two successes that reach into the time from the fault to {@code until}; one may reach over the next fault. */
    private static Outage longest(Fault fault, long until, long begin, long[] successes) {
        long longest = 0;
        long last = begin;
        boolean ended = false;
        for (long success : successes) {
            if (success - fault.atNanos() > 0) {
                ended = true;
                if (last - until < 0) {
                    longest = Math.max(longest, success - last);
                }
            }
            last = success;
        }
        return ended ? new Outage(fault.what(), longest, true) : new Outage(fault.what(), until - last, false);
    }

    /** @param ended false if nothing ever succeeded again */
    record Outage(String fault, long nanos, boolean ended) {
        @Override
        public String toString() {
            return fault + ": " + nanos / 1_000_000 + " ms" + (ended ? "" : " and never again");
        }
    }
}
