package io.pgorchestra.lab.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A history as an SVG picture: who was primary when, how long writes and reads waited, which errors clients saw, and what was broken.
 * Time runs to the right; waits are on a logarithmic scale.
 */
public final class HistoryPicture {

    private static final int WIDTH = 1_000;
    private static final int LEFT = 110;
    private static final int RIGHT = 20;
    private static final int TOP = 50;
    private static final int ROW = 26;
    private static final int LANE = 130;
    private static final int GAP = 30;

    /** The scale of waits: 0.1 ms to 100 s. */
    private static final double MIN_WAIT_NANOS = 1e5;

    private static final int DECADES = 6;
    private static final List<String> DECADE_NAMES =
            List.of("0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s");

    private static final long MIN_GAP_NANOS = 250_000_000;

    /** Steps of the axis, the finest first. */
    private static final List<Long> TICKS = Stream.of(0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
            .map(seconds -> (long) (seconds * 1e9))
            .toList();

    private static final int MAX_TICKS = 14;

    private static final String OK_COLOUR = "#2a78d6";
    private static final String FAILED_COLOUR = "#d98200";
    private static final String UNKNOWN_COLOUR = "#c8253b";

    private final History history;
    private final long begin;
    private final long span;
    private final StringBuilder svg = new StringBuilder();

    private HistoryPicture(History history) {
        this.history = history;
        begin = history.beginNanos();
        span = Math.max(1, history.endNanos() - begin);
    }

    public static String svg(String title, History history) {
        return new HistoryPicture(history).draw(title);
    }

    private String draw(String title) {
        List<Integer> ports = history.of(Operation.Kind.WRITE)
                .filter(write -> write.stamp() != null)
                .map(write -> write.stamp() == null ? 0 : write.stamp().port())
                .distinct()
                .sorted()
                .toList();
        int lanes = TOP + ports.size() * ROW + GAP;
        int height = lanes + 2 * (LANE + GAP) + ROW;
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n",
                WIDTH, height));
        svg.append(format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", WIDTH, height));
        text(LEFT, 20, "start", title, "#222");
        primaries(ports);
        lane(lanes, "writes", Operation.Kind.WRITE);
        lane(lanes + LANE + GAP, "reads", Operation.Kind.READ);
        faults(lanes + 2 * LANE + GAP);
        axis(lanes + 2 * (LANE + GAP));
        legend(height - 10);
        return svg.append("</svg>\n").toString();
    }

    /** A bar for each reign, from the first to the last write that a client saw acknowledged. */
    private void primaries(List<Integer> ports) {
        for (int i = 0; i < ports.size(); i++) {
            text(LEFT - 8, TOP + i * ROW + 14, "end", history.nodeName(ports.get(i)), "#222");
        }
        for (Tenure tenure : Tenure.of(history)) {
            int y = TOP + ports.indexOf(tenure.port()) * ROW;
            double x = x(tenure.firstNanos());
            svg.append(format(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"3\" fill=\"%s\" opacity=\"0.8\"/>\n",
                    x, y, Math.max(2, x(tenure.lastNanos()) - x), OK_COLOUR));
            text((int) x + 4, y + 13, "start", "primary, timeline " + tenure.timeline(), "white");
        }
    }

    /** The longest wait at each place, and every error. */
    private void lane(int y, String name, Operation.Kind kind) {
        text(LEFT - 8, y - 8, "end", name, "#222");
        for (int decade = 0; decade <= DECADES; decade++) {
            int line = y + LANE - decade * LANE / DECADES;
            svg.append(format(
                    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#e4e4e4\"/>\n",
                    LEFT, line, WIDTH - RIGHT, line));
            text(LEFT - 8, line + 4, "end", DECADE_NAMES.get(decade), "#888");
        }
        gaps(y, kind);
        Map<Integer, Long> longest = new TreeMap<>();
        List<Operation> errors = new ArrayList<>();
        history.of(kind).forEach(operation -> {
            if (operation.outcome() == Outcome.OK) {
                longest.merge((int) x(operation.completedNanos()), operation.waitNanos(), Math::max);
            } else {
                errors.add(operation);
            }
        });
        longest.forEach((x, wait) -> {
            double top = height(wait);
            svg.append(format(
                    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                    x, y + LANE, x, y + LANE - top, OK_COLOUR));
        });
        for (Operation error : errors) {
            svg.append(format(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s after %d ms</title></circle>\n",
                    x(error.completedNanos()),
                    y + LANE - height(error.waitNanos()),
                    error.outcome() == Outcome.UNKNOWN ? UNKNOWN_COLOUR : FAILED_COLOUR,
                    escape(error.sqlState().isEmpty() ? "no SQLSTATE" : error.sqlState()),
                    error.waitNanos() / 1_000_000));
        }
    }

    /** A shade wherever clients had no success for so long that a person would notice. */
    private void gaps(int y, Operation.Kind kind) {
        long last = begin;
        List<Operation> successes = history.of(kind)
                .filter(operation -> operation.outcome() == Outcome.OK)
                .toList();
        for (Operation success : successes) {
            long gap = success.completedNanos() - last;
            if (gap >= MIN_GAP_NANOS && last != begin) {
                svg.append(format(
                        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" opacity=\"0.12\"/>\n",
                        x(last), y, x(success.completedNanos()) - x(last), LANE, UNKNOWN_COLOUR));
                text(
                        (int) (x(last) + x(success.completedNanos())) / 2,
                        y + LANE / 2,
                        "middle",
                        format("none for %.1f s", gap / 1e9),
                        "#222");
            }
            last = success.completedNanos();
        }
    }

    private void faults(int bottom) {
        int label = 0;
        for (Fault fault : history.faults()) {
            double x = x(fault.atNanos());
            svg.append(format(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\" stroke-dasharray=\"4 3\"/>\n",
                    x, TOP - 12, x, bottom));
            // Two heights, so that neighbours do not write over each other.
            text((int) x + 3, TOP - 4 - 12 * (label++ % 2), "start", fault.what(), "#222");
        }
    }

    private void axis(int y) {
        long step = TICKS.stream()
                .filter(tick -> span / tick <= MAX_TICKS)
                .findFirst()
                .orElse(span);
        for (long at = 0; at <= span; at += step) {
            text(
                    (int) x(begin + at),
                    y - 8,
                    "middle",
                    format(step < 1_000_000_000 ? "%.1f s" : "%.0f s", at / 1e9),
                    "#888");
        }
    }

    private void legend(int y) {
        Map<String, Integer> errors = new TreeMap<>();
        history.operations().stream()
                .filter(operation -> operation.outcome() != Outcome.OK)
                .forEach(operation -> errors.merge(
                        operation.sqlState() + " " + operation.outcome().name().toLowerCase(Locale.ROOT),
                        1,
                        Integer::sum));
        String seen = errors.isEmpty()
                ? "none"
                : errors.entrySet().stream()
                        .map(error -> error.getValue() + " x " + error.getKey())
                        .collect(Collectors.joining(", "));
        text(LEFT, y, "start", "bars: longest wait; dots: errors, failed (orange) or unknown (red): " + seen, "#444");
    }

    private double x(long nanos) {
        return LEFT + (double) (nanos - begin) / (double) span * (WIDTH - LEFT - RIGHT);
    }

    private static double height(long waitNanos) {
        double decades = Math.log10(Math.max((double) waitNanos, MIN_WAIT_NANOS) / MIN_WAIT_NANOS);
        return Math.max(1, Math.min(decades, DECADES) / DECADES * LANE);
    }

    private void text(int x, int y, String anchor, String words, String colour) {
        svg.append(format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n",
                x, y, anchor, colour, escape(words)));
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
