package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BenchReportTest {

    private static final Figure RATE = new Figure("simple, 16 clients", Unit.PER_SECOND);
    private static final Figure CPU = new Figure("CPU", Unit.MICROSECONDS);

    private final Scoreboard scoreboard = new Scoreboard();
    private final BenchReport report =
            new BenchReport(List.of("direct", "PgBouncer", "Orchestra"), List.of("Machine: one"), scoreboard);

    @Test
    void markdown_figures_givesMediansAndRatiosToPgBouncer() {
        scoreboard.add("direct", Map.of(RATE, 20_000.0));
        scoreboard.add("PgBouncer", Map.of(RATE, 10_000.0));
        scoreboard.add("Orchestra", Map.of(RATE, 12_345.0));
        assertTrue(
                report.markdown()
                        .contains("| simple, 16 clients | 20,000 /s (2.00) | 10,000 /s | 12,345 /s (1.23) |\n"),
                report.markdown());
    }

    @Test
    void markdown_severalRounds_givesHalfTheSpread() {
        for (double value : List.of(9.0, 10.0, 11.0)) {
            scoreboard.add("PgBouncer", Map.of(CPU, value));
        }
        assertTrue(report.markdown().contains("| CPU | - | 10.0 \u00b5s \u00b110% | - |"), report.markdown());
    }

    @Test
    void markdown_failure_isSaid() {
        scoreboard.fail("Orchestra", "simple", Set.of(), "2 failed transactions");
        assertTrue(report.markdown().contains("- FAILED: Orchestra, simple: 2 failed transactions\n"));
    }

    @Test
    void insert_fileWithMarks_replacesOnlyWhatIsBetween() {
        String file = "# Title\n<!-- orchestra bench: begin -->\nold\n<!-- orchestra bench: end -->\nprose\n";
        String once = report.insert(file);
        assertTrue(once.startsWith("# Title\n<!-- orchestra bench: begin -->\n| measure |"), once);
        assertTrue(once.endsWith("<!-- orchestra bench: end -->\nprose\n"), once);
        assertEquals(once, report.insert(once));
    }

    @Test
    void insert_fileWithoutMarks_appends() {
        assertTrue(report.insert("# Title\n").startsWith("# Title\n\n<!-- orchestra bench: begin -->\n"));
    }
}
