package io.pgorchestra.lab.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.PostgresBinaries;
import io.pgorchestra.lab.PostgresOptions;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients see when the primary dies and a person promotes a standby, with nobody but the nodes to tell who is primary. */
@Timeout(120)
class StaticFailoverIT {

    /** Many times longer than an insert takes, and than the nodes are looked at. */
    private static final long HELD_SECONDS = 3;

    @TempDir
    Path base;

    private LabCluster cluster;
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() throws SQLException {
        cluster = LabCluster.start(new ClusterOptions(
                PostgresOptions.of(PostgresBinaries.find().newest()).withoutFsync(), 1));
        cluster.awaitStandbys();
        proxy = ProxyUnderTest.start(base, """
                default_pool_size: 4
                failover_hold_timeout: 30s
                cluster:
                  name: main
                  nodes: [%s]
                """.formatted(cluster.nodes().stream()
                .map(node -> node.name() + "=127.0.0.1:" + node.port())
                .collect(Collectors.joining(", "))));
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id int PRIMARY KEY)");
        }
        cluster.awaitCaughtUp(cluster.node("pg2"));
    }

    @AfterEach
    void stop() {
        proxy.close();
        cluster.close();
    }

    private void fail() {
        LabNode old = cluster.primary();
        old.kill();
        cluster.node("pg2").promote();
    }

    @Test
    void idleClient_goesOnOnTheNewPrimary() throws SQLException {
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1)");
            cluster.awaitCaughtUp(cluster.node("pg2"));
            fail();

            statement.execute("INSERT INTO t VALUES (2)");

            assertEquals("1,2", ids(statement));
        }
    }

    @Test
    void idleInTransaction_isToldThatItIsRolledBackAndGoesOn() throws SQLException {
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1)");
            fail();

            SQLException told = assertThrows(SQLException.class, () -> statement.execute("INSERT INTO t VALUES (2)"));
            connection.rollback();
            statement.execute("INSERT INTO t VALUES (3)");
            connection.commit();

            assertEquals("40001", told.getSQLState());
            assertEquals("3", ids(statement));
        }
    }

    @Test
    void commitOfALostTransaction_isNeverReportedAsSuccess() throws SQLException {
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1)");
            fail();

            SQLException told = assertThrows(SQLException.class, connection::commit);

            assertEquals("40001", told.getSQLState());
            assertEquals("", ids(statement));
        }
    }

    @Test
    void statementInFlightInATransaction_isToldThatItIsRolledBack() throws Exception {
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1)");
            CompletableFuture<String> running = inBackground(statement, "SELECT pg_sleep(60)");
            awaitSleeping();
            fail();

            assertEquals("40001", running.get(30, TimeUnit.SECONDS));
            connection.rollback();
            assertEquals("", ids(statement));
        }
    }

    @Test
    void autocommitInFlight_isToldThatNobodyKnows() throws Exception {
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            CompletableFuture<String> running = inBackground(statement, "INSERT INTO t SELECT 1 FROM pg_sleep(60)");
            awaitSleeping();
            fail();

            assertEquals("08007", running.get(30, TimeUnit.SECONDS));
            assertFalse(connection.isClosed());
            statement.execute("INSERT INTO t VALUES (7)");
            assertEquals("7", ids(statement));
        }
    }

    @Test
    void twoPrimaries_takeNoWrites() throws Exception {
        try (Connection connection = proxy.connect();
                Statement statement = connection.createStatement()) {
            cluster.node("pg2").promote();
            awaitEvent("split_brain");
            CompletableFuture<String> held = inBackground(statement, "INSERT INTO t VALUES (1)");

            assertThrows(TimeoutException.class, () -> held.get(HELD_SECONDS, TimeUnit.SECONDS));
            assertEquals("0", cluster.node("pg1").ask("SELECT count(*) FROM t"));
            assertEquals("0", cluster.node("pg2").ask("SELECT count(*) FROM t"));
            cluster.node("pg1").kill();

            assertEquals("", held.get(40, TimeUnit.SECONDS));
            assertEquals("1", cluster.node("pg2").ask("SELECT count(*) FROM t"));
        }
    }

    /** Waits until SHOW EPOCHS has it. */
    private void awaitEvent(String event) {
        Poll.until(
                Duration.ofSeconds(20),
                () -> consoleEvents().contains(event),
                () -> "no " + event + " but " + consoleEvents());
    }

    private List<String> consoleEvents() {
        List<String> events = new ArrayList<>();
        try (Connection console = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + proxy.port()
                        + "/pgbouncer?user=postgres&preferQueryMode=simple");
                Statement statement = console.createStatement();
                ResultSet rows = statement.executeQuery("SHOW EPOCHS")) {
            while (rows.next()) {
                events.add(rows.getString("event"));
            }
            return events;
        } catch (SQLException e) {
            throw new LabException("SHOW EPOCHS: " + e.getMessage(), e);
        }
    }

    private static CompletableFuture<String> inBackground(Statement statement, String sql) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                statement.execute(sql);
                return "";
            } catch (SQLException e) {
                return String.valueOf(e.getSQLState());
            }
        });
    }

    private void awaitSleeping() {
        LabNode primary = cluster.primary();
        Poll.until(
                Duration.ofSeconds(20),
                () -> primary.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                        .equals("1"),
                () -> "nothing sleeps on " + primary);
    }

    private static String ids(Statement statement) throws SQLException {
        StringBuilder ids = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("SELECT id FROM t ORDER BY id")) {
            while (rows.next()) {
                ids.append(ids.isEmpty() ? "" : ",").append(rows.getInt(1));
            }
        }
        return ids.toString();
    }
}
