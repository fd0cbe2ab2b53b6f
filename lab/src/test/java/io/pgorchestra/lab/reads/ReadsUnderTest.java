package io.pgorchestra.lab.reads;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.PostgresBinaries;
import io.pgorchestra.lab.PostgresOptions;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Link;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A primary, two standbys, and a proxy that sends reads to these; the proxy reaches each node over a link that a test may harm. */
final class ReadsUnderTest implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** STABLE: {@code standby} or {@code primary}, whichever runs it. */
    static final String PLACE = "place()";

    /** How pgjdbc may be told to speak: every rule holds for each. */
    static final String SIMPLE = "preferQueryMode=simple";

    static final String UNNAMED = "prepareThreshold=0";
    static final String NAMED = "prepareThreshold=1";

    private static final String PROXY = "proxy";

    private final LabCluster cluster;
    private final ProxyUnderTest proxy;

    private ReadsUnderTest(LabCluster cluster, String settings) {
        this.cluster = cluster;
        proxy = startProxy(settings);
    }

    static ReadsUnderTest start(String... settings) throws SQLException {
        LabCluster cluster = LabCluster.start(new ClusterOptions(
                PostgresOptions.of(PostgresBinaries.find().newest()).withoutFsync(), 2));
        cluster.node("pg1")
                .ask("CREATE FUNCTION " + PLACE + " RETURNS text STABLE LANGUAGE sql AS"
                        + " 'SELECT CASE WHEN pg_is_in_recovery() THEN ''standby'' ELSE ''primary'' END'");
        cluster.node("pg1").ask("CREATE TABLE t (id int PRIMARY KEY, value text)");
        ReadsUnderTest reads = new ReadsUnderTest(cluster, String.join("\n", settings) + "\n");
        try {
            reads.awaitReads();
            return reads;
        } catch (RuntimeException | SQLException e) {
            reads.close();
            throw e;
        }
    }

    /** A further proxy in front of the same cluster. */
    ProxyUnderTest startProxy(String settings) {
        return ProxyUnderTest.start(
                cluster.folder().path(),
                """
                http_listen: 127.0.0.1:0
                default_pool_size: 4
                reads: auto
                cluster:
                  name: main
                  nodes: [%s]
                """.formatted(cluster.nodes().stream()
                                .map(node -> node.name() + "=127.0.0.1:"
                                        + cluster.network()
                                                .link(PROXY, node.name())
                                                .port())
                                .collect(Collectors.joining(", ")))
                        + settings);
    }

    LabCluster cluster() {
        return cluster;
    }

    List<LabNode> standbys() {
        return List.of(cluster.node("pg2"), cluster.node("pg3"));
    }

    Link line(LabNode node) {
        return cluster.network().link(PROXY, node.name());
    }

    int port() {
        return proxy.port();
    }

    /** Logs in through the proxy; {@code options} are pgjdbc's, as in {@code preferQueryMode=simple}. */
    Connection connect(String... options) throws SQLException {
        return connect(proxy, options);
    }

    Connection connectTo(String database) throws SQLException {
        return DriverManager.getConnection(url(port(), database));
    }

    static Connection connect(ProxyUnderTest to, String... options) throws SQLException {
        return DriverManager.getConnection(url(to.port(), "postgres", options));
    }

    String jdbcUrl(String... options) {
        return url(port(), "postgres", options);
    }

    private static String url(int port, String database, String... options) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + EmbeddedPostgres.SUPERUSER
                + "&socketTimeout=30&" + String.join("&", options);
    }

    /** Returns when both standbys have all that has been written, are fit for reads, and the proxy knows the functions that there are. */
    void awaitReads() throws SQLException {
        standbys().forEach(cluster::awaitCaughtUp);
        awaitReads(proxy);
    }

    static void awaitReads(ProxyUnderTest at) throws SQLException {
        try (Connection connection = connect(at)) {
            Poll.until(
                    PATIENCE,
                    () -> "standby".equals(answer(connection, "SELECT " + PLACE)) && fitStandbys(connection) == 2,
                    () -> "no reads on standbys: " + route(connection, "SELECT " + PLACE));
        }
    }

    private static long fitStandbys(Connection connection) {
        return route(connection, "SELECT 1").entrySet().stream()
                .filter(row ->
                        row.getKey().startsWith("standby ") && row.getValue().startsWith("fit"))
                .count();
    }

    /** What EXPLAIN ROUTE says. */
    static Map<String, String> route(Connection connection, String sql) {
        Map<String, String> rows = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("EXPLAIN ROUTE " + sql)) {
            while (answer.next()) {
                rows.put(answer.getString(1), answer.getString(2));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException("EXPLAIN ROUTE " + sql + ": " + e.getMessage(), e);
        }
    }

    /** The first column of the first row; the SQLSTATE if it fails. */
    static String answer(Connection connection, String sql) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (!statement.execute()) {
                return "";
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    /** Returns when this session's reads go to a standby. */
    static void awaitStandby(Connection connection) {
        Poll.until(
                ReadsUnderTest.PATIENCE,
                () -> answer(connection, "SELECT " + PLACE).equals("standby"),
                () -> "no read on a standby: " + route(connection, "SELECT " + PLACE));
    }

    /** What a test does. */
    interface Task {
        void run() throws SQLException, IOException;
    }

    /** Does this while no standby shows what is written. */
    void withReplayPaused(Task task) throws SQLException, IOException {
        standbys().forEach(standby -> standby.ask("SELECT pg_wal_replay_pause()"));
        try {
            for (LabNode standby : standbys()) {
                Poll.until(
                        PATIENCE,
                        () -> standby.ask("SELECT pg_get_wal_replay_pause_state()")
                                .equals("paused"),
                        () -> standby + " goes on replaying");
            }
            task.run();
        } finally {
            standbys().forEach(standby -> standby.ask("SELECT pg_wal_replay_resume()"));
        }
    }

    /** A counter of events, over all that /metrics says of it. */
    long counted(String event, String reason) throws IOException {
        HttpURLConnection metrics = (HttpURLConnection)
                new URL("http://127.0.0.1:" + proxy.httpAddress().getPort() + "/metrics").openConnection();
        try (InputStream in = metrics.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("orchestra_events_total{"))
                    .filter(line ->
                            line.contains("event=\"" + event + "\"") && line.contains("reason=\"" + reason + "\""))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    @Override
    public void close() {
        proxy.close();
        cluster.close();
    }
}
