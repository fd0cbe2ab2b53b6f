package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The table, in Markdown: medians, and in parentheses the ratio to PgBouncer's (or, without PgBouncer, to the first contestant's).
 *
 * @param facts machine, versions, date and the command used: one line each
 */
record BenchReport(List<String> contestants, List<String> facts, Scoreboard scoreboard) {

    private static final String BEGIN = "<!-- orchestra bench: begin -->";
    private static final String END = "<!-- orchestra bench: end -->";
    private static final String REFERENCE = "PgBouncer";

    BenchReport {
        contestants = List.copyOf(contestants);
        facts = List.copyOf(facts);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| measure | ").append(String.join(" | ", contestants)).append(" |\n");
        text.append("|---|").append("---:|".repeat(contestants.size())).append('\n');
        for (Figure figure : scoreboard.figures()) {
            List<String> cells = new ArrayList<>();
            contestants.forEach(contestant -> cells.add(cell(figure, contestant)));
            text.append("| ")
                    .append(figure.title())
                    .append(" | ")
                    .append(String.join(" | ", cells))
                    .append(" |\n");
        }
        text.append('\n');
        text.append("Medians; in parentheses the ratio to ")
                .append(reference())
                .append("'s median, and after \u00b1 half the\n");
        text.append("distance between the best and the worst round, as a share of the median.\n\n");
        facts.forEach(fact -> text.append("- ").append(fact).append('\n'));
        scoreboard
                .failures()
                .forEach(failure -> text.append("- FAILED: ").append(failure).append('\n'));
        return text.toString();
    }

    private String reference() {
        return contestants.contains(REFERENCE) ? REFERENCE : contestants.get(0);
    }

    private String cell(Figure figure, String contestant) {
        Samples samples = scoreboard.samples(figure, contestant);
        if (samples.isEmpty()) {
            return "-";
        }
        StringBuilder cell = new StringBuilder(figure.unit().format(samples.median()));
        Samples others = scoreboard.samples(figure, reference());
        if (!contestant.equals(reference()) && !others.isEmpty()) {
            double ratio = samples.ratioTo(others);
            cell.append(Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, " (%.2f)", ratio));
        }
        if (samples.size() > 1) {
            cell.append(String.format(Locale.ROOT, " \u00b1%.0f%%", samples.spread() / 2 * 100));
        }
        return cell.toString();
    }

    /** Puts the table between the marks of a file, and leaves the rest of the file as it is. */
    void write(Path file) {
        try {
            String old = Files.exists(file) ? Files.readString(file) : "# Benchmarks\n\n" + BEGIN + "\n" + END + "\n";
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(file, insert(old));
        } catch (IOException e) {
            throw new BenchException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    String insert(String old) {
        int begin = old.indexOf(BEGIN);
        int end = old.indexOf(END);
        String block = BEGIN + "\n" + markdown() + END;
        if (begin < 0 || end < begin) {
            return old.stripTrailing() + "\n\n" + block + "\n";
        }
        return old.substring(0, begin) + block + old.substring(end + END.length());
    }
}
