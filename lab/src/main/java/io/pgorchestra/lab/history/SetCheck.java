package io.pgorchestra.lab.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SET: every acknowledged write is there in the end, and no write that was reported as rolled back. A write whose end nobody knows may be
 * either. What nobody wrote is not there.
 */
public final class SetCheck implements HistoryCheck {

    private final int lossAllowed;

    /**
     * A check that forgives so many.
     *
     * @param lossAllowed how many acknowledged writes may be missing: asynchronous replication loses some with its primary
     */
    public SetCheck(int lossAllowed) {
        this.lossAllowed = lossAllowed;
    }

    @Override
    public Verdict check(History history) {
        Map<Long, Operation> written = new HashMap<>();
        history.of(Operation.Kind.WRITE).forEach(write -> written.put(write.id(), write));
        Set<Long> present = new HashSet<>();
        List<String> findings = new ArrayList<>();
        for (StoredRow row : history.stored()) {
            if (!present.add(row.id())) {
                findings.add("written twice: id " + row.id());
            }
            Operation write = written.get(row.id());
            if (write == null) {
                findings.add("written by nobody: id " + row.id());
            } else if (write.outcome() == Outcome.FAILED) {
                findings.add("reported as rolled back (" + write.sqlState() + ") and yet there: id " + row.id()
                        + " of client " + write.client() + ", written to " + place(history, row.stamp()));
            }
        }
        List<String> lost = history.lostWrites().stream()
                .map(write ->
                        "acknowledged and lost: id " + write.id() + ", written to " + place(history, write.stamp()))
                .toList();
        if (lost.size() > lossAllowed) {
            findings.addAll(lost);
        }
        long unknown = history.count(Operation.Kind.WRITE, Outcome.UNKNOWN);
        return new Verdict(
                "SET",
                findings,
                history.stored().size() + " rows, " + lost.size() + " acknowledged writes lost, " + unknown
                        + " unknown");
    }

    private static String place(History history, @Nullable Stamp stamp) {
        return stamp == null ? "?" : history.nodeName(stamp.port()) + " on timeline " + stamp.timeline();
    }
}
