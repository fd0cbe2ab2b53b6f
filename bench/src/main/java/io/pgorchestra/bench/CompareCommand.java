package io.pgorchestra.bench;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.proxy.cli.OrchestraCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code orchestra bench}: pgbench against Postgres, Orchestra and other poolers, side by side. */
@Command(
        name = "bench",
        description = {
            "Compare Orchestra with direct Postgres and with other poolers, by pgbench, in interleaved rounds.",
            "Needs Linux, and pgbench and psql on PATH. Everything it starts listens on 127.0.0.1 only, and is stopped at the end. "
                    + "10,000 idle clients need an open-file limit (ulimit -n) above 20,000 for this shell."
        },
        footer = "Exit code: 0 everything was measured, 1 something failed, 2 wrong usage.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class CompareCommand implements OrchestraCommand {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int QUICK_SECONDS = 3;
    private static final int QUICK_ROUNDS = 2;
    private static final int QUICK_COPY_MEGABYTES = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--pgbouncer",
            paramLabel = "PATH",
            description = "PgBouncer's binary; auto: the one on PATH, if any.")
    private @Nullable String pgbouncer;

    @Option(names = "--odyssey", paramLabel = "PATH", description = "Odyssey's binary; auto: the one on PATH, if any.")
    private @Nullable String odyssey;

    @Option(names = "--pgpool", paramLabel = "PATH", description = "Pgpool's binary; auto: the one on PATH, if any.")
    private @Nullable String pgpool;

    @Option(
            names = "--orchestra",
            paramLabel = "COMMAND",
            description =
                    "What starts the proxy when a configuration file is added, as \"../orchestra proxy\"; default: this "
                            + "very build; none: leave Orchestra out.")
    private @Nullable String orchestra;

    @Option(names = "--orchestra-b", paramLabel = "COMMAND", description = "A second Orchestra, to compare two builds.")
    private @Nullable String orchestraB;

    @Option(
            names = "--orchestra-opts",
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "More options for the JVM of this build's proxy.")
    private String orchestraOptions = "";

    @Option(
            names = "--postgres",
            paramLabel = "HOST:PORT",
            description =
                    "A Postgres that trusts --user from here; a database orchestra_bench is made in it and stays. "
                            + "Default: one of our own, for as long as this takes.")
    private @Nullable String postgres;

    @Option(names = "--user", defaultValue = "postgres", description = "With --postgres (default: ${DEFAULT-VALUE}).")
    private String user = "postgres";

    @Option(
            names = "--measure",
            split = ",",
            converter = Measure.Converter.class,
            paramLabel = "NAME",
            defaultValue = "throughput,prepared,extended,latency,connect,copy,memory,start",
            description = "Which measures, with commas (default: all: ${DEFAULT-VALUE}).")
    private List<Measure> measures = List.of();

    @Option(
            names = "--clients",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,16,64,128,500",
            description = "Numbers of clients of the throughput measure (default: ${DEFAULT-VALUE}).")
    private List<Integer> clients = List.of();

    @Option(
            names = "--idle-clients",
            split = ",",
            paramLabel = "N",
            defaultValue = "1000,10000",
            description = "Numbers of clients of the memory measure, rising (default: ${DEFAULT-VALUE}).")
    private List<Integer> idleClients = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each measure (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Length of a pgbench run (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warmup",
            defaultValue = "20",
            description =
                    "Seconds of load before anything counts, for each contestant alike (default: ${DEFAULT-VALUE}).")
    private int warmupSeconds;

    @Option(
            names = "--rate",
            defaultValue = "2000",
            description = "Transactions per second of the latency measure (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--scale", defaultValue = "20", description = "pgbench's scale (default: ${DEFAULT-VALUE}).")
    private int scale;

    @Option(
            names = "--copy-size",
            paramLabel = "MB",
            defaultValue = "600",
            description = "Size of the table to copy (default: ${DEFAULT-VALUE}).")
    private int copyMegabytes;

    @Option(
            names = "--quick",
            description = "2 rounds of 3 seconds, 6 of warm-up and 100 MB, where not said otherwise: for a first look.")
    private boolean quick;

    @Option(names = "--output", paramLabel = "FILE", description = "Put the table into this Markdown file, too.")
    private @Nullable Path output;

    @Override
    public Integer call() {
        checkOptions();
        try (Children children = new Children();
                Arena arena = Arena.open(children)) {
            return compare(children, arena);
        } catch (BenchException | LabException e) {
            error().println("orchestra bench: " + e.getMessage());
            return FAILED;
        } catch (IOException e) {
            error().println("orchestra bench: cannot work in the temporary folder: " + e.getMessage());
            return FAILED;
        }
    }

    private void checkOptions() {
        if (quick) {
            seconds = isGiven("--seconds") ? seconds : QUICK_SECONDS;
            rounds = isGiven("--rounds") ? rounds : QUICK_ROUNDS;
            warmupSeconds = isGiven("--warmup") ? warmupSeconds : 2 * QUICK_SECONDS;
            copyMegabytes = isGiven("--copy-size") ? copyMegabytes : QUICK_COPY_MEGABYTES;
        }
        requireAtLeastOne("--rounds", rounds);
        requireAtLeastOne("--seconds", seconds);
        requireAtLeastOne("--rate", rate);
        requireAtLeastOne("--scale", scale);
        requireAtLeastOne("--copy-size", copyMegabytes);
        requireAtLeastOne("--warmup", warmupSeconds);
        clients.forEach(count -> requireAtLeastOne("--clients", count));
        idleClients.forEach(count -> requireAtLeastOne("--idle-clients", count));
        if (postgres != null && !postgres.matches("[^:]+:[0-9]{1,5}")) {
            throw new ParameterException(spec.commandLine(), "--postgres: " + postgres + " (expected: HOST:PORT)");
        }
    }

    private boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + ": " + value + " (expected: >= 1)");
        }
    }

    private int compare(Children children, Arena arena) {
        double loadBefore = Machine.loadAverage();
        List<Peer> peers = peers();
        Programme programme = new Programme(seconds, clients, rate, copyMegabytes, idleClients);
        Scoreboard scoreboard = new Scoreboard();
        try (TestPostgres database = openPostgres()) {
            database.fill(children, scale, measures.contains(Measure.COPY) ? copyMegabytes : 0, this::progress);
            arena.enter(Contestant.direct(database.endpoint()));
            for (Peer peer : peers) {
                arena.enter(peer, database.endpoint(), this::progress);
            }
            arena.warmUp(warmupSeconds, scoreboard, this::progress);
            Rounds runner = new Rounds(arena.contestants(), rounds, scoreboard, this::progress);
            for (Measure measure : measures) {
                programme
                        .trials(measure, children, arena.home(), peer -> arena.launch(peer, database.endpoint()))
                        .forEach(runner::run);
            }
            List<String> names =
                    arena.contestants().stream().map(Contestant::name).toList();
            BenchReport report = new BenchReport(names, facts(peers, children, database, loadBefore), scoreboard);
            out().println();
            out().print(report.markdown());
            out().flush();
            if (output != null) {
                report.write(output);
            }
        }
        return scoreboard.failures().isEmpty() ? OK : FAILED;
    }

    private TestPostgres openPostgres() {
        if (postgres == null) {
            return TestPostgres.embedded(this::progress);
        }
        int colon = postgres.indexOf(':');
        return TestPostgres.given(postgres.substring(0, colon), Integer.parseInt(postgres.substring(colon + 1)), user);
    }

    private List<Peer> peers() {
        List<Peer> peers = new ArrayList<>();
        Programs.find("pgbouncer", pgbouncer).ifPresent(path -> peers.add(new PgBouncerPeer(path)));
        Programs.find("odyssey", odyssey).ifPresent(path -> peers.add(new OdysseyPeer(path)));
        Programs.find("pgpool", pgpool).ifPresent(path -> peers.add(new PgpoolPeer(path)));
        if (orchestra == null) {
            peers.add(new OrchestraPeer("Orchestra", OrchestraPeer.thisBuild(Programs.words(orchestraOptions))));
        } else if (!orchestra.equals("none")) {
            peers.add(new OrchestraPeer("Orchestra", Programs.words(orchestra)));
        }
        if (orchestraB != null) {
            peers.add(new OrchestraPeer("Orchestra B", Programs.words(orchestraB)));
        }
        return peers;
    }

    private List<String> facts(List<Peer> peers, Children children, TestPostgres database, double loadBefore) {
        List<String> versions = new ArrayList<>(List.of(database.version()));
        peers.forEach(peer -> versions.add(peer.version(children)));
        versions.add("Java " + System.getProperty("java.version"));
        versions.add(children.run(List.of("pgbench", "--version"), java.util.Map.of())
                .strip());
        return List.of(
                "Machine: " + Machine.current().describe() + "; clients, proxies and Postgres share it",
                String.format(
                        Locale.ROOT,
                        "Load average before the comparison: %.1f (above 0.5, something else was running)",
                        loadBefore),
                "Versions: " + String.join(", ", versions),
                "Each proxy: transaction pooling, " + Peer.POOL_SIZE + " servers, trust, no TLS, on 127.0.0.1",
                rounds + " interleaved rounds of " + seconds + " s, after " + warmupSeconds
                        + " s of warm-up for each; memory in one round, on a fresh process; scale " + scale,
                "Date: " + java.time.LocalDate.now(java.time.ZoneOffset.UTC),
                "Command: `orchestra " + String.join(" ", Programs.withoutFolders(arguments())) + "`");
    }

    private List<String> arguments() {
        return spec.commandLine().getParseResult().originalArgs();
    }

    private void progress(String line) {
        error().println(line);
        error().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter error() {
        return spec.commandLine().getErr();
    }
}
