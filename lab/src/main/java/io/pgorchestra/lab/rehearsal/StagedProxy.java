package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.discovery.sql.Demotion;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LogTail;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.SupervisedProcess;
import io.pgorchestra.proxy.Proxy;
import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigProblems;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the proxies of a rehearsal: in this JVM, or in a process of its own so that it can be frozen and killed. */
final class StagedProxy implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final int port;
    private final Path folder;
    private final List<String> options;
    private @Nullable Proxy here;
    private @Nullable SupervisedProcess apart;

    private StagedProxy(String name, int port, Path folder, List<String> options) {
        this.name = name;
        this.port = port;
        this.folder = folder;
        this.options = options;
    }

    /** Starts one in this JVM; {@code folder} is where its epoch file goes. */
    static StagedProxy here(String name, int port, String yaml, Path folder, Demotion demotion) {
        StagedProxy proxy = new StagedProxy(name, port, folder, List.of());
        try {
            proxy.here = Proxy.start(ConfigLoader.loadYaml(yaml, folder), demotion);
            return proxy;
        } catch (BindException e) {
            throw new LabException(name + " cannot listen: " + e.getMessage(), e);
        } catch (ConfigProblems e) {
            throw new IllegalStateException("our own configuration: " + e.getMessage(), e);
        }
    }

    /** Starts one as a process of its own, by this JVM's class path and with further options; returns when it takes clients. */
    static StagedProxy apart(String name, int port, String yaml, Path folder, List<String> options) {
        StagedProxy proxy = new StagedProxy(name, port, folder, options);
        try {
            Files.writeString(proxy.file(), yaml);
        } catch (IOException e) {
            throw new LabException("Cannot write " + proxy.file() + ": " + e.getMessage(), e);
        }
        proxy.startApart();
        return proxy;
    }

    private Path file() {
        return folder.resolve("orchestra.yaml");
    }

    private void startApart() {
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-ea:io.pgorchestra..."));
        command.addAll(options);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), "io.pgorchestra.proxy.Main", "proxy", file().toString()));
        SupervisedProcess process = SupervisedProcess.start(command, folder, log, null);
        apart = process;
        Poll.until(
                START_TIMEOUT,
                () -> !process.isAlive() || isAnswering(),
                () -> name + " takes no clients after " + START_TIMEOUT.toSeconds() + " s: " + LogTail.of(log));
        if (!process.isAlive()) {
            throw new LabException(name + " ended at its start: " + LogTail.of(log));
        }
    }

    private boolean isAnswering() {
        try {
            show("VERSION");
            return true;
        } catch (LabException e) {
            return false;
        }
    }

    String name() {
        return name;
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + EmbeddedPostgres.SUPERUSER;
    }

    int port() {
        return port;
    }

    /** As any client would. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl());
    }

    /** The first row of SHOW CLUSTER. */
    Map<String, String> cluster() {
        return show("CLUSTER").get(0);
    }

    /** Whether it takes this for something that only reads: it may have to learn of a function first. */
    boolean takesForRead(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN ROUTE " + sql)) {
            while (rows.next()) {
                if (rows.getString(1).equals("kind")) {
                    return rows.getString(2).equals("read");
                }
            }
            return false;
        } catch (SQLException e) {
            throw new LabException(name + ", EXPLAIN ROUTE " + sql + ": " + e.getMessage(), e);
        }
    }

    /** Name of the node that it sends writes to now; empty if it sends none. */
    String primary() {
        Map<String, String> cluster = cluster();
        return cluster.getOrDefault("state", "").equals("open") ? cluster.getOrDefault("primary", "") : "";
    }

    long epoch() {
        return Long.parseLong(cluster().getOrDefault("epoch", "0"));
    }

    String role(String node) {
        return show("NODES").stream()
                .filter(row -> node.equals(row.get("name")))
                .map(row -> row.getOrDefault("role", ""))
                .findFirst()
                .orElse("");
    }

    /** Whether this is among the last things that happened to its cluster. */
    boolean hasSeen(String event) {
        return show("EPOCHS").stream().anyMatch(row -> event.equals(row.get("event")));
    }

    /** The same, with this word in what is told about it. */
    boolean hasSeen(String event, String word) {
        return show("EPOCHS").stream()
                .anyMatch(row -> event.equals(row.get("event"))
                        && row.getOrDefault("detail", "").contains(word));
    }

    /** When this happened last, by its console, whose times can be compared as texts; empty if it did not lately. */
    String lastTime(String event) {
        return show("EPOCHS").stream()
                .filter(row -> event.equals(row.get("event")))
                .map(row -> row.getOrDefault("time", ""))
                .findFirst()
                .orElse("");
    }

    /** The rows of a table of its console, by column. */
    List<Map<String, String>> show(String topic) {
        List<Map<String, String>> all = new ArrayList<>();
        try (Connection console = console();
                Statement statement = console.createStatement();
                ResultSet rows = statement.executeQuery("SHOW " + topic)) {
            ResultSetMetaData columns = rows.getMetaData();
            while (rows.next()) {
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    String value = rows.getString(i);
                    row.put(columns.getColumnName(i), value == null ? "" : value);
                }
                all.add(row);
            }
            return all;
        } catch (SQLException e) {
            throw new LabException(name + " does not say SHOW " + topic + ": " + e.getMessage(), e);
        }
    }

    /** Says something to its console that has no answer but that it is done. */
    void command(String words) {
        try (Connection console = console();
                Statement statement = console.createStatement()) {
            statement.execute(words);
        } catch (SQLException e) {
            throw new LabException(name + " does not " + words + ": " + e.getMessage(), e);
        }
    }

    private Connection console() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/pgbouncer?user="
                + EmbeddedPostgres.SUPERUSER + "&preferQueryMode=simple&connectTimeout=5&socketTimeout=10");
    }

    /** Null if it runs as a process of its own. */
    @Nullable
    Proxy here() {
        return here;
    }

    /** Stops the process where it stands. */
    void freeze() {
        process().freezeTree();
    }

    void thaw() {
        process().thawTree();
    }

    /** As {@code kill -9} would. */
    void kill() {
        process().killTree();
    }

    /** After {@link #kill}, with the file and the epoch that it left. */
    void startAgain() {
        startApart();
    }

    private SupervisedProcess process() {
        SupervisedProcess process = apart;
        if (process == null) {
            throw new IllegalStateException(name + " is no process of its own");
        }
        return process;
    }

    @Override
    public void close() {
        SupervisedProcess process = apart;
        if (process != null && process.isAlive()) {
            process.killTree();
        }
        Proxy proxy = here;
        if (proxy != null) {
            proxy.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
