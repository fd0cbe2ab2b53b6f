package io.pgorchestra.lab.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A history in a few lines for a terminal: who was primary when, how long writes and reads waited, which errors clients saw. */
public final class HistorySummary {

    private final History history;

    private HistorySummary(History history) {
        this.history = history;
    }

    public static List<String> lines(History history) {
        return new HistorySummary(history).lines();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Fault fault : history.faults()) {
            lines.add(row("at " + seconds(fault.atNanos() - history.beginNanos()), fault.what()));
        }
        for (Tenure tenure : Tenure.of(history)) {
            lines.add(row(
                    "primary",
                    history.nodeName(tenure.port()) + " on timeline " + tenure.timeline() + ", writes from "
                            + seconds(tenure.firstNanos() - history.beginNanos()) + " to "
                            + seconds(tenure.lastNanos() - history.beginNanos())));
        }
        lines.add(load("writes", Operation.Kind.WRITE));
        lines.add(load("reads", Operation.Kind.READ));
        lines.add(row("errors", errors()));
        lines.add(row("connections", history.lostConnections() + " lost"));
        lines.add(row("lost", history.lostWrites().size() + " of the acknowledged writes"));
        return lines;
    }

    private String load(String name, Operation.Kind kind) {
        HistoryResult.Load load = HistoryResult.Load.of(history, kind);
        String outage =
                history.faults().isEmpty() ? "" : "; longest time without one " + seconds(history.longestOutage(kind));
        return row(
                name,
                load.ok() + " ok, " + load.failed() + " failed, " + load.unknown() + " unknown; longest wait "
                        + seconds(Duration.ofNanos(load.longestWaitNanos())) + outage);
    }

    private String errors() {
        Map<String, Integer> errors = new TreeMap<>();
        for (Operation operation : history.operations()) {
            if (operation.outcome() != Outcome.OK) {
                String state = operation.sqlState().isEmpty() ? "without SQLSTATE" : operation.sqlState();
                String kind = operation.kind().name().toLowerCase(Locale.ROOT);
                errors.merge(state + " on a " + kind, 1, Integer::sum);
            }
        }
        return errors.isEmpty()
                ? "none"
                : errors.entrySet().stream()
                        .map(error -> error.getValue() + " x " + error.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static String row(String what, String text) {
        return String.format("  %-12s %s", what, text);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    private static String seconds(Duration time) {
        return seconds(time.toNanos());
    }
}
