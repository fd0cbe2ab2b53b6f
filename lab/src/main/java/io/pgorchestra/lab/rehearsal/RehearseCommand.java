package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.LabException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code orchestra lab rehearse}: plays scenarios one after the other, each on a cluster of its own, and says what came of them. */
@Command(
        name = "rehearse",
        description = {
            "Break a cluster in many ways under load, each time a fresh one with two proxies, and check what clients saw.",
            "Needs no `up`. Exit code 1 if a promise is broken. P1 and on need the packages patroni, zookeeper and",
            "postgresql of Debian, and are skipped without them."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class RehearseCommand implements Callable<Integer> {

    private static final String FORMAT = "%-50s %8s %8s %-24s %6s %9s  %s";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--only", split = ",", paramLabel = "ID", description = "Only these scenarios, as in S1,S3.")
    private List<String> only = List.of();

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description =
                    "What decides which standby is harmed, how and when, and what sessions read and write. Shown at the start.")
    private long seed = System.nanoTime();

    @Option(names = "--list", description = "Show the scenarios, and play none.")
    private boolean list;

    @Option(names = "--verbose", description = "Show what every check counted.")
    private boolean verbose;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            List<Scenario> scenarios = only.isEmpty() ? Scenarios.all() : Scenarios.of(only);
            if (list) {
                scenarios.forEach(out::println);
                return 0;
            }
            return play(scenarios, out);
        } catch (LabException e) {
            spec.commandLine().getErr().println("orchestra lab rehearse: " + e.getMessage());
            return 1;
        } finally {
            out.flush();
            spec.commandLine().getErr().flush();
        }
    }

    private int play(List<Scenario> scenarios, PrintWriter out) {
        List<Rehearsal> played = new ArrayList<>();
        out.println("seed " + seed);
        for (Scenario scenario : scenarios) {
            out.println(scenario);
            out.flush();
            if (!scenario.obstacle().isEmpty()) {
                out.println("  skipped: " + scenario.obstacle());
                continue;
            }
            Rehearsal rehearsal = Rehearsal.of(scenario, seed, step -> {
                out.println("  " + step);
                out.flush();
            });
            played.add(rehearsal);
            out.println("  " + (rehearsal.holds() ? "ok" : "BROKEN") + " after "
                    + rehearsal.took().toSeconds() + " s");
            rehearsal.findings().stream().limit(5).forEach(finding -> out.println("  - " + finding));
            if (verbose) {
                out.print(rehearsal.table().indent(2));
            }
        }
        out.println();
        out.println(table(played));
        return played.stream().allMatch(Rehearsal::holds) ? 0 : 1;
    }

    /** One row for each scenario; what the columns mean is said below them. */
    static String table(List<Rehearsal> played) {
        List<String> rows = new ArrayList<>();
        rows.add(String.format(FORMAT, "scenario", "outage", "hold", "errors", "lost", "unknown", "verdict"));
        for (Rehearsal one : played) {
            rows.add(String.format(
                    FORMAT,
                    one.scenario(),
                    seconds(one.writeOutage()),
                    seconds(one.longestHold()),
                    errors(one.errors()),
                    one.lost(),
                    one.unknown(),
                    one.holds() ? "ok" : "BROKEN"));
        }
        rows.add("");
        rows.add("outage: longest time without a write; hold: longest wait of a write that succeeded;");
        rows.add("lost: writes acknowledged and gone, which asynchronous replication does; unknown: 08007 and its kin");
        return String.join(System.lineSeparator(), rows);
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }

    private static String errors(Map<String, Integer> errors) {
        return errors.isEmpty()
                ? "none"
                : errors.entrySet().stream()
                        .map(one -> one.getValue() + "x" + one.getKey())
                        .collect(Collectors.joining(" "));
    }
}
