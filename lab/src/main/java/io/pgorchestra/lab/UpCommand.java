package io.pgorchestra.lab;

import io.pgorchestra.proxy.cli.OrchestraCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code orchestra up}: a real Postgres and the proxy in front of it, in the foreground, until a signal comes or Postgres ends. */
@Command(
        name = "up",
        description = "Start a real Postgres with the proxy in front, in the foreground.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
public final class UpCommand implements OrchestraCommand {

    private static final String DATABASE = "postgres";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Keep Postgres here between runs. Without it, it lives in a temporary folder.")
    private @Nullable Path directory;

    @Option(names = "--port", paramLabel = "PORT", description = "Where clients connect.")
    private int port = 6432;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "Where the admin console listens.")
    private int adminPort = 6433;

    @Option(names = "--http-port", paramLabel = "PORT", description = "Where metrics and health checks are.")
    private int httpPort = 8432;

    @Option(names = "--pg-port", paramLabel = "PORT", description = "Postgres itself; 0 for a free port.")
    private int postgresPort;

    @Option(names = "--pool-size", paramLabel = "N", description = "Server connections per database and user.")
    private int poolSize = 20;

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
        UpPorts ports = new UpPorts(port, adminPort, httpPort, postgresPort);
        ports.requireFree();
        CountDownLatch eitherEnded = new CountDownLatch(1);
        UpStack stack = new UpStack();
        // Also the way out after Ctrl-C and SIGTERM. Should even this not run, the node's supervisor sees our end of
        // its pipe close.
        Thread stopper = new Thread(stack::close, "up-stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            EmbeddedPostgres postgres = stack.add(EmbeddedPostgres.start(options(), step -> progress(out, step)));
            CompletableFuture<Void> postgresEnded = postgres.serverEnded().thenRun(eitherEnded::countDown);
            progress(out, "starting the proxy");
            UpProxy proxy = stack.add(UpProxy.start(ports, postgres.port(), poolSize, postgres.dataDirectory()));
            proxy.onStop(eitherEnded::countDown);
            ready(out);
            eitherEnded.await();
            if (stack.isClosing() || !postgresEnded.isDone()) {
                return 0;
            }
            throw new LabException("Postgres has ended by itself; its log is " + postgres.logFile()
                    + (directory == null ? " (gone with its temporary folder; --dir keeps it)." : "."));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            stack.close();
        }
    }

    private PostgresOptions options() {
        PostgresOptions options = PostgresOptions.of(
                        version == null ? PostgresBinaries.find().newest() : parse(version))
                .withPort(postgresPort);
        return directory == null ? options : options.withDirectory(directory.resolve("primary"));
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
