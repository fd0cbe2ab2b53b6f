package io.pgorchestra.lab.reads;

import io.pgorchestra.lab.history.Fault;
import io.pgorchestra.lab.history.History;
import io.pgorchestra.lab.history.HistoryCheck;
import io.pgorchestra.lab.history.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** READS: what sessions were shown of their own writes, and by whom. */
public final class ReadCheck implements HistoryCheck {

    /** A read whose first rows were on their way to the client when the standby died cannot be asked elsewhere. */
    private static final String ROWS_HAD_BEGUN = ReadKind.READ + " 40001";

    /** A result of one row has begun for microseconds only. */
    private static final long READS_TO_ONE_BEGUN = 50_000;

    private final ReadHistory reads;
    private final Expected expected;

    /**
     * What is to be seen.
     *
     * @param staleUpTo null if no read may be stale; else some must be, and none for longer than this
     * @param share of the reads on standbys, in percent
     * @param longest the longest time that a read takes
     * @param gap the longest time in which no session is answered a read
     * @param errors by the {@link ReadKind} and the SQLSTATE, with a blank between
     */
    public record Expected(
            @Nullable Duration staleUpTo, int share, Duration longest, Duration gap, Set<String> errors) {

        /** A standby that does not answer is given up after three looks; a look takes a second at most. */
        private static final Duration MAX_WAIT = Duration.ofSeconds(6);

        private static final Duration MAX_GAP = Duration.ofSeconds(3);

        public static Expected nothingStale(int share) {
            return new Expected(null, share, MAX_WAIT, MAX_GAP, Set.of());
        }

        public static Expected someStale(Duration upTo, int share) {
            return new Expected(upTo, share, MAX_WAIT, MAX_GAP, Set.of());
        }

        public Expected allowing(String... kinds) {
            return new Expected(staleUpTo, share, longest, gap, Set.of(kinds));
        }
    }

    public ReadCheck(ReadHistory reads, Expected expected) {
        this.reads = reads;
        this.expected = expected;
    }

    @Override
    public Verdict check(History history) {
        List<String> findings = new ArrayList<>();
        Duration bound = expected.staleUpTo;
        if (bound == null) {
            reads.stale().forEach(read -> findings.add("stale: " + read));
        } else {
            if (reads.stale().isEmpty()) {
                findings.add("no stale read (expected: some, with eventual consistency)");
            }
            reads.stale().stream()
                    .filter(read -> read.knownForNanos() > bound.toNanos())
                    .forEach(read -> findings.add("stale for more than " + bound.toMillis() + " ms: " + read));
        }
        reads.phantoms().forEach(read -> findings.add("never written: " + read));
        if (reads.share() < expected.share) {
            findings.add(reads.share() + " % of the reads on standbys (expected: at least " + expected.share + " %)");
        }
        for (Map.Entry<String, Long> error : reads.errors().entrySet()) {
            boolean begun =
                    error.getKey().equals(ROWS_HAD_BEGUN) && error.getValue() <= 1 + reads.reads() / READS_TO_ONE_BEGUN;
            if (!begun && !expected.errors.contains(error.getKey())) {
                findings.add("error " + error.getKey() + ", " + error.getValue() + " times (expected: one of "
                        + expected.errors + "), first " + reads.firstErrors().get(error.getKey()));
            }
        }
        if (reads.lostConnections() > 0) {
            findings.add(reads.lostConnections() + " connections lost (expected: none)");
        }
        findings.addAll(tooLong(reads.longestRead(), expected.longest, history));
        findings.addAll(tooLong(reads.longestGap(), expected.gap, history));
        return new Verdict("READS", findings, reads.toString());
    }

    private static List<String> tooLong(ReadBoard.Wait wait, Duration limit, History history) {
        return wait.nanos() <= limit.toNanos()
                ? List.of()
                : List.of(wait.whose() + " waited " + wait.nanos() / 1_000_000 + " ms (expected: at most "
                        + limit.toMillis() + " ms), the last fault: " + faultBefore(history, wait.endedNanos()));
    }

    private static String faultBefore(History history, long nanos) {
        String last = "nothing was broken";
        for (Fault fault : history.faults()) {
            if (fault.atNanos() - nanos < 0) {
                last = fault.what() + " " + (nanos - fault.atNanos()) / 1_000_000 + " ms before its end";
            }
        }
        return last;
    }
}
