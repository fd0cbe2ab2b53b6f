package io.pgorchestra.lab.history;

import java.util.List;

/** What came of one run: the verdict of every check, and what was counted. */
public record HistoryResult(String name, List<Verdict> verdicts, Load writes, Load reads) {

    private static final int MAX_FINDINGS = 5;

    /**
     * What became of the operations of one kind.
     *
     * @param longestWaitNanos of those that succeeded: the longest hold
     */
    public record Load(long ok, long failed, long unknown, long longestWaitNanos) {

        static Load of(History history, Operation.Kind kind) {
            return new Load(
                    history.count(kind, Outcome.OK),
                    history.count(kind, Outcome.FAILED),
                    history.count(kind, Outcome.UNKNOWN),
                    history.of(kind)
                            .filter(operation -> operation.outcome() == Outcome.OK)
                            .mapToLong(Operation::waitNanos)
                            .max()
                            .orElse(0));
        }

        @Override
        public String toString() {
            return ok + " ok, " + failed + " failed, " + unknown + " unknown, longest wait "
                    + longestWaitNanos / 1_000_000 + " ms";
        }
    }

    public HistoryResult {
        verdicts = List.copyOf(verdicts);
    }

    public static HistoryResult of(String name, History history, List<HistoryCheck> checks) {
        return new HistoryResult(
                name,
                checks.stream().map(check -> check.check(history)).toList(),
                Load.of(history, Operation.Kind.WRITE),
                Load.of(history, Operation.Kind.READ));
    }

    public boolean holds() {
        return verdicts.stream().allMatch(Verdict::holds);
    }

    /** For a terminal; only the first findings of each check. */
    public String table() {
        StringBuilder table = new StringBuilder(name).append('\n');
        row(table, "", "writes", writes.toString());
        row(table, "", "reads", reads.toString());
        for (Verdict verdict : verdicts) {
            row(table, verdict.holds() ? "ok" : "BROKEN", verdict.check(), verdict.figures());
            verdict.findings().stream().limit(MAX_FINDINGS).forEach(finding -> row(table, "", "", finding));
            if (verdict.findings().size() > MAX_FINDINGS) {
                row(table, "", "", "and " + (verdict.findings().size() - MAX_FINDINGS) + " more");
            }
        }
        return table.toString();
    }

    private static void row(StringBuilder table, String mark, String what, String text) {
        table.append(String.format("  %-7s %-12s %s", mark, what, text).stripTrailing())
                .append('\n');
    }
}
