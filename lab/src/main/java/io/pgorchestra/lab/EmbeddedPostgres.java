package io.pgorchestra.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One real Postgres node on this machine, from the binaries that the build brought along. It may be stopped, killed and started
 * again, on the same port with the same data; {@link #close} ends it for good. It never outlives this JVM. Its methods may be called from any thread.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    public static final String HOST = "127.0.0.1";
    public static final String SUPERUSER = DataDirectory.SUPERUSER;

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final PostgresOptions options;
    private final int port;
    private final LabFolder folder;
    private final @Nullable Path doomed;
    private final DataDirectory data;
    private final Path installation;
    private final ServerIdentity identity;
    private @Nullable SupervisedProcess server;
    private boolean frozen;
    private boolean closed;

    private EmbeddedPostgres(
            PostgresOptions options, Path installation, ServerIdentity identity, @Nullable Path doomed) {
        this.options = options;
        this.installation = installation;
        this.identity = identity;
        folder = LabFolder.take(options.directory(), "orchestra-postgres-", identity);
        this.doomed = doomed == null ? folder.doomed() : doomed;
        data = new DataDirectory(folder.path().resolve("data"));
        port = options.port() == 0 ? freePort() : options.port();
    }

    /** The port of the last run if it is still free, for others may remember it; ZooKeeper does. */
    private int freePort() {
        int last = data.lastPort();
        return last != 0 && LoopbackPort.isFree(last) ? last : LoopbackPort.findFree();
    }

    /** Starts a temporary node of the newest version, with fsync off. */
    public static EmbeddedPostgres start() {
        return start(PostgresOptions.of(PostgresBinaries.find().newest()).withoutFsync());
    }

    public static EmbeddedPostgres start(PostgresOptions options) {
        return start(options, step -> {});
    }

    /** Starts a node and returns when it takes connections; {@code progress} hears of every step that takes time. */
    public static EmbeddedPostgres start(PostgresOptions options, Consumer<String> progress) {
        EmbeddedPostgres node = open(options, null, progress);
        try {
            node.createIfMissing(progress);
            node.start(progress);
            return node;
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
    }

    /**
     * Takes a node's folder and port, and neither makes its data nor starts it.
     *
     * @param doomed a temporary folder around this node's, deleted should this JVM die; null for none
     */
    public static EmbeddedPostgres open(
            PostgresOptions options, @Nullable LabFolder doomed, Consumer<String> progress) {
        ServerIdentity identity = ServerIdentity.find();
        Path installation = PostgresBinaries.find().install(options.version(), identity, progress);
        return new EmbeddedPostgres(options, installation, identity, doomed == null ? null : doomed.doomed());
    }

    /** Makes an empty database cluster where there is none yet, and refuses one of another major version. */
    public synchronized void createIfMissing(Consumer<String> progress) {
        try {
            if (data.exists()) {
                data.requireMajor(options.version());
                return;
            }
            progress.accept("creating a database cluster in " + data.path());
            data.create(installation, identity, options, logFile(), doomed);
        } catch (IOException e) {
            throw new LabException("Cannot set up a Postgres node: " + e.getMessage(), e);
        }
    }

    private void start(Consumer<String> progress) {
        try {
            startServer(progress);
        } catch (IOException e) {
            throw new LabException("Cannot start Postgres on port " + port + ": " + e.getMessage(), e);
        }
    }

    private synchronized void startServer(Consumer<String> progress) throws IOException {
        if (isRunning() || closed) {
            throw new LabException("Postgres on port " + port + (closed ? " is gone for good." : " runs already."));
        }
        if (!LoopbackPort.isFree(port)) {
            throw new LabException(
                    "Port " + port + " (Postgres) is taken. Stop what listens there, or choose another port.");
        }
        data.configure(identity, port, options.settings(), options.hbaLines());
        progress.accept("starting Postgres " + options.version() + " on port " + port);
        List<String> postgres = List.of(
                installation.resolve("bin/postgres").toString(),
                "-D",
                data.path().toString());
        SupervisedProcess started =
                SupervisedProcess.start(identity.command(postgres), folder.path(), logFile(), doomed);
        server = started;
        frozen = false;
        Poll.until(
                START_TIMEOUT,
                () -> !started.isAlive() || data.isReady(started.pid()),
                () -> "Postgres is not ready after " + START_TIMEOUT.toSeconds() + " s: " + LogTail.of(logFile()));
        if (!started.isAlive()) {
            throw new LabException("Postgres ended while starting: " + LogTail.of(logFile()));
        }
    }

    /** Starts the node again after {@link #stop} or {@link #kill}, and returns when it takes connections. */
    public void startAgain() {
        start(step -> {});
    }

    /** Stops the node as an administrator would ({@code pg_ctl stop -m fast}): open transactions are rolled back. */
    public synchronized void stop() {
        SupervisedProcess running = server;
        if (running == null) {
            return;
        }
        thaw();
        running.signal("INT");
        if (!running.awaitExit(STOP_TIMEOUT)) {
            running.signal("QUIT");
            if (!running.awaitExit(STOP_TIMEOUT)) {
                running.killTree();
            }
        }
        server = null;
    }

    /**
     * Where the last record begins that the node wrote before it was stopped in order, the checkpoint of its shutdown; 0 if it runs, or ended
     * in another way.
     */
    public synchronized long shutdownPosition() {
        return isRunning() ? 0 : data.shutdownPosition();
    }

    /** Kills the postmaster and all its children at once, as a crash of the machine would, and returns when they are gone. */
    public synchronized void kill() {
        SupervisedProcess running = server;
        if (running == null) {
            return;
        }
        running.killTree();
        server = null;
    }

    /** Stops all processes of the node where they stand (SIGSTOP): its connections stay, and nobody answers. */
    public synchronized void freeze() {
        SupervisedProcess running = server;
        if (running == null) {
            throw new LabException("Postgres on port " + port + " does not run, so it cannot be frozen.");
        }
        running.freezeTree();
        frozen = true;
    }

    /** Lets a frozen node go on, as if no time had passed for it. */
    public synchronized void thaw() {
        SupervisedProcess running = server;
        if (running != null && frozen) {
            running.thawTree();
        }
        frozen = false;
    }

    public synchronized boolean isFrozen() {
        return frozen && isRunning();
    }

    public void restart() {
        stop();
        startAgain();
    }

    /** Has the node read its configuration files again ({@code pg_ctl reload}); returns before it has. */
    public synchronized void reload() {
        SupervisedProcess running = server;
        if (running != null) {
            running.signal("HUP");
        }
    }

    public synchronized boolean isRunning() {
        SupervisedProcess running = server;
        return running != null && running.isAlive();
    }

    /** Stops the node for good, and deletes it if it is temporary. */
    @Override
    public void close() {
        end();
        folder.close();
    }

    private synchronized void end() {
        closed = true;
        stop();
    }

    /** Done when the server that runs now ends, for whatever reason. */
    public synchronized CompletableFuture<Void> serverEnded() {
        SupervisedProcess running = server;
        if (running == null) {
            throw new IllegalStateException("Postgres does not run");
        }
        return running.ended();
    }

    /** The process id of the postmaster that runs now. */
    public synchronized long postmasterPid() {
        SupervisedProcess running = server;
        if (running == null) {
            throw new IllegalStateException("Postgres does not run");
        }
        return running.pid();
    }

    public int port() {
        return port;
    }

    public PostgresVersion version() {
        return options.version();
    }

    /** False until {@link #createIfMissing}, or a copy of another node, has put a database cluster there. */
    public boolean hasData() {
        return data.exists();
    }

    public Path dataDirectory() {
        return data.path();
    }

    public Path logFile() {
        return folder.path().resolve("postgres.log");
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
    }

    /** The superuser's password; empty where none is needed. */
    public String password() {
        return options.password();
    }

    /** A connection as superuser to database {@code postgres}, not through any proxy. */
    public Connection connect() throws SQLException {
        return connect("postgres", SUPERUSER, options.password());
    }

    public Connection connect(String database, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }
}
