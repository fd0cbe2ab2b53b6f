package io.pgorchestra.lab.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** What applications do through pgjdbc, in transaction mode, with more clients than servers; each client verifies its own rows. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
@Timeout(120)
class JdbcDriverIT {

    private static final int SERVERS = 2;
    private static final int CLIENTS = 6;
    private static final int ROWS = 300;

    private static final String QUERY_CANCELED = "57014";

    private static ProxyUnderTest proxy;

    @Parameter
    PostgresUnderTest postgres;

    @BeforeParameterizedClassInvocation
    static void start(PostgresUnderTest postgres) throws SQLException {
        int nodePort = postgres.node().port();
        proxy = ProxyUnderTest.start(nodePort, "pool_mode: transaction", "default_pool_size: " + SERVERS);
        try (Connection direct = postgres.node().connect();
                Statement statement = direct.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS crowd");
            statement.execute("CREATE TABLE crowd (id serial PRIMARY KEY, client int, n int, text text)");
        }
    }

    @AfterParameterizedClassInvocation
    static void stop(PostgresUnderTest postgres) throws SQLException {
        proxy.close();
        try (Connection direct = postgres.node().connect();
                Statement statement = direct.createStatement()) {
            statement.execute("DROP TABLE crowd");
        }
    }

    private static Connection connect(String... options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres&" + String.join("&", options));
    }

    private static void forget(int client) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM crowd WHERE client = " + client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reWriteBatchedInserts=false", "reWriteBatchedInserts=true", "prepareThreshold=1"})
    void batchInserts_ofManyClients_arriveWhole(String option) throws Exception {
        Crowd.run(CLIENTS, client -> {
            forget(client);
            try (Connection connection = connect(option);
                    PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO crowd (client, n, text) VALUES (?, ?, ?)")) {
                for (int n = 0; n < ROWS; n++) {
                    insert.setInt(1, client);
                    insert.setInt(2, n);
                    insert.setString(3, "row " + n + " of " + client);
                    insert.addBatch();
                    if (n % 100 == 99) {
                        assertEquals(100, insert.executeBatch().length);
                    }
                }
                assertOwnRows(connection, client);
            }
        });
    }

    private static void fill(Connection connection, int client) throws SQLException {
        forget(client);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO crowd (client, n, text) SELECT %d, n, 'row ' || n || ' of %d' FROM generate_series(0, %d) n"
                            .formatted(client, client, ROWS - 1));
        }
    }

    private static void assertOwnRows(Connection connection, int client) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT n, text FROM crowd WHERE client = ? ORDER BY n")) {
            select.setInt(1, client);
            select.setFetchSize(7);
            try (ResultSet rows = select.executeQuery()) {
                for (int n = 0; n < ROWS; n++) {
                    assertTrue(rows.next(), "row " + n + " of " + client);
                    assertEquals(n, rows.getInt(1));
                    assertEquals("row " + n + " of " + client, rows.getString(2));
                }
                assertFalse(rows.next());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void fetchSize_inATransaction_bringsEveryRowOnce(int prepareThreshold) throws Exception {
        Crowd.run(CLIENTS, client -> {
            try (Connection connection = connect("prepareThreshold=" + prepareThreshold)) {
                fill(connection, client);
                connection.setAutoCommit(false);
                for (int i = 0; i < 3; i++) {
                    assertOwnRows(connection, client);
                    connection.commit();
                }
            }
        });
    }

    @Test
    void serverPreparedStatements_ofMoreClientsThanServers_keepToTheirOwn() throws Exception {
        Crowd.run(CLIENTS, client -> {
            try (Connection connection = connect("prepareThreshold=1", "preparedStatementCacheQueries=4")) {
                for (int i = 0; i < 200; i++) {
                    // Texts that are common to all, and texts that only one client has, more than the driver keeps.
                    int kind = i % 7;
                    String sql = kind < 3
                            ? "SELECT ?::int + " + kind + ", ?::text"
                            : "SELECT ?::int + " + kind + ", ?::text /* " + client + " */";
                    try (PreparedStatement select = connection.prepareStatement(sql)) {
                        select.setInt(1, i);
                        select.setString(2, "of " + client);
                        try (ResultSet row = select.executeQuery()) {
                            assertTrue(row.next());
                            assertEquals(i + kind, row.getInt(1));
                            assertEquals("of " + client, row.getString(2));
                        }
                    }
                }
            }
        });
    }

    @Test
    void preparedStatement_whoseTableChanges_healsInTheDriver() throws Exception {
        try (Connection connection = connect("prepareThreshold=1", "autosave=conservative");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS altered");
            statement.execute("CREATE TABLE altered (a int)");
            statement.execute("INSERT INTO altered VALUES (1)");
            try (PreparedStatement select = connection.prepareStatement("SELECT * FROM altered")) {
                select.executeQuery().close();
                select.executeQuery().close();
                statement.execute("ALTER TABLE altered ADD COLUMN b int DEFAULT 2");
                try (ResultSet row = select.executeQuery()) {
                    assertTrue(row.next());
                    assertEquals(2, row.getMetaData().getColumnCount());
                    assertEquals(2, row.getInt(2));
                }
            }
            statement.execute("DROP TABLE altered");
        }
    }

    @Test
    void generatedKeys_areTheOnesOfTheInserter() throws Exception {
        Crowd.run(CLIENTS, client -> {
            forget(client);
            try (Connection connection = connect();
                    PreparedStatement insert = connection.prepareStatement(
                            "INSERT INTO crowd (client, n, text) VALUES (?, ?, 'keyed')",
                            Statement.RETURN_GENERATED_KEYS)) {
                for (int n = 0; n < 50; n++) {
                    insert.setInt(1, client);
                    insert.setInt(2, n);
                    insert.addBatch();
                }
                insert.executeBatch();
                try (ResultSet keys = insert.getGeneratedKeys()) {
                    for (int n = 0; n < 50; n++) {
                        assertTrue(keys.next());
                        assertEquals(client + "/" + n, clientAndNumberOf(connection, keys.getInt("id")));
                    }
                }
            }
        });
    }

    private static String clientAndNumberOf(Connection connection, int id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT client || '/' || n FROM crowd WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet row = select.executeQuery()) {
                assertTrue(row.next(), "id " + id);
                return row.getString(1);
            }
        }
    }

    @Test
    void copyManager_bringsInAndOutWhatItWasGiven() throws Exception {
        Crowd.run(CLIENTS, client -> {
            forget(client);
            StringBuilder rows = new StringBuilder();
            for (int n = 0; n < 5_000; n++) {
                rows.append(client)
                        .append('\t')
                        .append(n)
                        .append("\tcopied by ")
                        .append(client)
                        .append('\n');
            }
            byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
            try (Connection connection = connect()) {
                CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
                assertEquals(
                        5_000,
                        copy.copyIn("COPY crowd (client, n, text) FROM STDIN", new ByteArrayInputStream(bytes), 1_000));
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                copy.copyOut(
                        "COPY (SELECT client, n, text FROM crowd WHERE client = " + client + " ORDER BY n) TO STDOUT",
                        out);
                assertArrayEquals(bytes, out.toByteArray());

                SQLException refused = assertThrows(
                        SQLException.class,
                        () -> copy.copyIn(
                                "COPY crowd (client, n, text) FROM STDIN",
                                new ByteArrayInputStream(
                                        "no number\t1\tx\n".repeat(20_000).getBytes(StandardCharsets.UTF_8)),
                                1_000));
                assertEquals("22P02", refused.getSQLState());
                assertTrue(connection.isValid(5));
            }
            forget(client);
        });
    }

    @Test
    void queryTimeout_cancelsItsOwnQueryOnly() throws Exception {
        AtomicInteger cancelled = new AtomicInteger();
        Crowd.run(CLIENTS, client -> {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                if (client == 0) {
                    statement.setQueryTimeout(1);
                    for (int i = 0; i < 3; i++) {
                        SQLException timeout =
                                assertThrows(SQLException.class, () -> statement.execute("SELECT pg_sleep(30)"));
                        assertEquals(QUERY_CANCELED, timeout.getSQLState());
                        cancelled.incrementAndGet();
                        assertEquals("alive", text(statement, "SELECT 'alive'"));
                    }
                    return;
                }
                int i = 0;
                while (cancelled.get() < 3) {
                    assertEquals(
                            client + " " + i,
                            text(statement, "SELECT '%d %d' FROM pg_sleep(0.005)".formatted(client, i)));
                    i++;
                }
            }
        });
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            assertTrue(row.next());
            return row.getString(1);
        }
    }

    @Test
    void largeObjects_areReadAsTheyWereWritten() throws Exception {
        Crowd.run(CLIENTS, client -> {
            byte[] content = new byte[700_000];
            new Random(client).nextBytes(content);
            try (Connection connection = connect()) {
                connection.setAutoCommit(false);
                LargeObjectManager objects =
                        connection.unwrap(PGConnection.class).getLargeObjectAPI();
                long oid = objects.createLO(LargeObjectManager.READWRITE);
                try (LargeObject object = objects.open(oid, LargeObjectManager.WRITE)) {
                    object.write(content, 0, content.length);
                }
                connection.commit();
                try (LargeObject object = objects.open(oid, LargeObjectManager.READ)) {
                    assertEquals(content.length, object.size());
                    object.seek(1_000);
                    assertArrayEquals(Arrays.copyOfRange(content, 1_000, content.length), object.read(content.length));
                }
                objects.delete(oid);
                connection.commit();
            }
        });
    }

    @Test
    void savepoints_keepWhatWasBeforeThem() throws Exception {
        Crowd.run(CLIENTS, client -> {
            forget(client);
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                for (int n = 0; n < 20; n++) {
                    statement.execute(
                            "INSERT INTO crowd (client, n, text) VALUES (%d, %d, 'kept')".formatted(client, n));
                    Savepoint savepoint = connection.setSavepoint();
                    statement.execute(
                            "INSERT INTO crowd (client, n, text) VALUES (%d, %d, 'lost')".formatted(client, n));
                    assertThrows(SQLException.class, () -> statement.execute("SELECT 1/0"));
                    connection.rollback(savepoint);
                }
                connection.commit();
                assertEquals("20 kept", kept(statement, client));
            }
        });
    }

    @Test
    void autosave_goesOnAfterAnErrorInATransaction() throws Exception {
        Crowd.run(CLIENTS, client -> {
            forget(client);
            try (Connection connection = connect("autosave=always", "prepareThreshold=1");
                    Statement statement = connection.createStatement();
                    PreparedStatement insert = connection.prepareStatement(
                            "INSERT INTO crowd (client, n, text) VALUES (?, 10 / ?, 'kept')")) {
                connection.setAutoCommit(false);
                for (int i = 0; i < 20; i++) {
                    insert.setInt(1, client);
                    insert.setInt(2, i % 2);
                    if (i % 2 == 0) {
                        assertThrows(SQLException.class, insert::executeUpdate);
                    } else {
                        assertEquals(1, insert.executeUpdate());
                    }
                }
                connection.commit();
                assertEquals("10 kept", kept(statement, client));
            }
        });
    }

    private static String kept(Statement statement, int client) throws SQLException {
        return text(
                statement,
                "SELECT count(*) || ' ' || string_agg(DISTINCT text, ',') FROM crowd WHERE client = " + client);
    }
}
