package io.pgorchestra.lab.patroni;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LogTail;
import io.pgorchestra.lab.LoopbackPort;
import io.pgorchestra.lab.ProcessTree;
import io.pgorchestra.lab.ServerIdentity;
import io.pgorchestra.lab.SupervisedProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Patroni and the Postgres that it keeps. The two are apart: Patroni may be frozen or killed, and its Postgres lives on. For one thread
 * at a time.
 */
public final class PatroniNode implements AutoCloseable {

    private final PatroniPrograms programs;
    private final ServerIdentity identity;
    private final String name;
    private final Path folder;
    private final int port = LoopbackPort.findFree();
    private final PatroniRest rest = new PatroniRest(LoopbackPort.findFree());
    private final Path doomed;
    private @Nullable SupervisedProcess patroni;
    private boolean frozen;

    /** @param doomed a temporary folder around this node's, deleted should this JVM die */
    PatroniNode(PatroniPrograms programs, ServerIdentity identity, String name, Path folder, Path doomed) {
        this.programs = programs;
        this.identity = identity;
        this.name = name;
        this.folder = folder;
        this.doomed = doomed;
    }

    public String name() {
        return name;
    }

    /** Of its Postgres. */
    public int port() {
        return port;
    }

    public PatroniRest rest() {
        return rest;
    }

    /** @param refusal the file in which the node leaves its name that refuses to be promoted, where one is to */
    void configure(PatroniOptions options, int zookeeperPort, Path refusal) {
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    file(),
                    PatroniYaml.of(
                            name,
                            port,
                            rest.port(),
                            zookeeperPort,
                            folder.resolve("data"),
                            refusal,
                            programs,
                            options));
            identity.takeOver(folder);
        } catch (IOException e) {
            throw new LabException("Cannot write " + file() + ": " + e.getMessage(), e);
        }
    }

    private Path file() {
        return folder.resolve("patroni.yml");
    }

    /** Starts Patroni, which brings up Postgres as it sees fit, or takes over the one that runs. Returns at once. */
    public void start() {
        patroni = SupervisedProcess.start(
                identity.command(List.of(programs.patroni().toString(), file().toString())), folder, log(), doomed);
        frozen = false;
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** The last lines that Patroni wrote. */
    String logTail() {
        return name + ": " + LogTail.of(log());
    }

    boolean isPatroniAlive() {
        SupervisedProcess running = patroni;
        return running != null && running.isAlive();
    }

    /** Stops Patroni where it stands (SIGSTOP); Postgres goes on. */
    public void freezePatroni() {
        running().freezeTree();
        frozen = true;
    }

    public void thawPatroni() {
        if (frozen) {
            running().thawTree();
            frozen = false;
        }
    }

    /** Kills all processes of Postgres at once; Patroni goes on. */
    public void killPostgres() {
        postmaster().ifPresent(process -> new ProcessTree(process).kill());
    }

    /** Kills Patroni; Postgres goes on. */
    public void killPatroni() {
        SupervisedProcess running = patroni;
        if (running != null) {
            running.killTree();
        }
        frozen = false;
    }

    /** Kills Patroni and Postgres at once, as the end of their machine would. */
    public void kill() {
        killPatroni();
        killPostgres();
    }

    private SupervisedProcess running() {
        SupervisedProcess running = patroni;
        if (running == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return running;
    }

    private Optional<ProcessHandle> postmaster() {
        Path file = folder.resolve("data/postmaster.pid");
        try {
            String pid = Files.readAllLines(file, StandardCharsets.UTF_8).get(0).strip();
            // A file that a dead postmaster has left may name anybody by now.
            return ProcessHandle.of(Long.parseLong(pid))
                    .filter(process -> process.info().command().orElse("").endsWith("/postgres"));
        } catch (IOException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** A connection as superuser to database {@code postgres}, past every proxy. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user="
                + EmbeddedPostgres.SUPERUSER + "&connectTimeout=3&socketTimeout=20&ApplicationName=lab");
    }

    /** The first column of the first row, past every proxy; empty if there is no row. */
    public String ask(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? String.valueOf(rows.getString(1)) : "";
            }
        } catch (SQLException e) {
            throw new LabException(name + " refuses: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        return name;
    }
}
