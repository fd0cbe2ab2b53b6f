package io.pgorchestra.lab.up;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.PostgresBinaries;
import io.pgorchestra.lab.PostgresOptions;
import io.pgorchestra.lab.PostgresVersion;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.proxy.cli.OrchestraCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code orchestra up}: a real cluster and the proxy in front of it, in the foreground, until a signal comes or the proxy is shut down. */
@Command(
        name = "up",
        description = {
            "Start a real cluster (a primary, its standbys and ZooKeeper) with the proxy in front, in the foreground.",
            "From another terminal, `orchestra lab` breaks and mends it."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
public final class UpCommand implements OrchestraCommand {

    private static final String DATABASE = "postgres";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--standbys", paramLabel = "N", description = "Standbys beside the primary, 0 to 9.")
    private int standbys = 2;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Keep the cluster here between runs. Without it, it lives in a temporary folder.")
    private @Nullable Path directory;

    @Option(names = "--port", paramLabel = "PORT", description = "Where clients connect.")
    private int port = 6432;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "Where the admin console listens.")
    private int adminPort = 6433;

    @Option(names = "--http-port", paramLabel = "PORT", description = "Where metrics and health checks are.")
    private int httpPort = 8432;

    @Option(names = "--pg-port", paramLabel = "PORT", description = "Node pg1, the others follow; 0 for free ones.")
    private int postgresPort;

    @Option(names = "--pool-size", paramLabel = "N", description = "Server connections per database and user.")
    private int poolSize = 20;

    @Option(
            names = "--synchronous",
            paramLabel = "MODE",
            description = "Standbys that a commit waits for: off, on (one), quorum (any one of all).")
    private String synchronous = "off";

    @Option(
            names = "--reads",
            paramLabel = "MODE",
            description = "Where statements that only read go: primary, auto (to a standby), standby (whole sessions).")
    private String reads = "primary";

    @Option(
            names = "--links",
            description = "Reach the nodes over links that `orchestra lab cut` can cut; costs each query a detour.")
    private boolean links;

    @Option(
            names = "--postgres",
            paramLabel = "VERSION",
            description = "A Postgres version that the build brought along, as in 18.6.0; the newest if not given.")
    private @Nullable String version;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            return run(out);
        } catch (LabException e) {
            spec.commandLine().getErr().println("orchestra up: " + e.getMessage());
            spec.commandLine().getErr().flush();
            return 1;
        }
    }

    private int run(PrintWriter out) {
        if (poolSize < 1) {
            throw new LabException("--pool-size " + poolSize + ": expected at least 1.");
        }
        if (!Set.of("off", "on", "quorum").contains(synchronous)) {
            throw new LabException("--synchronous " + synchronous + ": expected off, on or quorum.");
        }
        if (!Set.of("primary", "auto", "standby").contains(reads)) {
            throw new LabException("--reads " + reads + ": expected primary, auto or standby.");
        }
        UpPorts ports = new UpPorts(port, adminPort, httpPort, postgresPort);
        ports.requireFree();
        CountDownLatch proxyEnded = new CountDownLatch(1);
        UpStack stack = new UpStack();
        // Also the way out after Ctrl-C and SIGTERM. Should even this not run, each node's supervisor sees our end of
        // its pipe close.
        Thread stopper = new Thread(stack::close, "up-stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            UpLab lab = stack.add(UpLab.open(options(), links, step -> progress(out, step)));
            // The nodes start in processes of their own, and meanwhile the rest in this one: it needs their addresses,
            // and
            // not yet their answers.
            CompletableFuture<Void> nodes = lab.startNodes();
            lab.zooKeeper().startAgain();
            UpProxy proxy = stack.add(UpProxy.start(
                    ports,
                    lab.layout(),
                    poolSize,
                    synchronous,
                    reads,
                    lab.cluster().folder().path(),
                    lab::demote));
            proxy.onStop(proxyEnded::countDown);
            stack.add(ControlServer.start(ControlSocket.of(port), new LabActions(lab, proxy)));
            UpLab.await(nodes);
            lab.cluster().nodes().forEach(node -> lab.onEnd(node, ended -> ended(out, stack, ended)));
            ready(out);
            proxyEnded.await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            stack.close();
        }
    }

    private static void ended(PrintWriter out, UpStack stack, LabNode node) {
        if (!stack.isClosing()) {
            progress(out, node + " has ended; its log is " + node.server().logFile());
        }
    }

    private ClusterOptions options() {
        PostgresOptions node = PostgresOptions.of(
                        version == null ? PostgresBinaries.find().newest() : parse(version))
                .withPort(postgresPort);
        try {
            return new ClusterOptions(
                    directory == null ? node.withoutFsync() : node.withDirectory(directory), standbys);
        } catch (IllegalArgumentException e) {
            throw new LabException("--standbys: " + e.getMessage(), e);
        }
    }

    private static PostgresVersion parse(String text) {
        try {
            return PostgresVersion.parse(text);
        } catch (IllegalArgumentException e) {
            throw new LabException("--postgres: " + e.getMessage(), e);
        }
    }

    private static void progress(PrintWriter out, String step) {
        out.println("orchestra up: " + step);
        out.flush();
    }

    private void ready(PrintWriter out) {
        out.println("ready  jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE + "?user="
                + EmbeddedPostgres.SUPERUSER + "   psql -h 127.0.0.1 -p " + port + " -U "
                + EmbeddedPostgres.SUPERUSER + " " + DATABASE);
        out.flush();
    }
}
