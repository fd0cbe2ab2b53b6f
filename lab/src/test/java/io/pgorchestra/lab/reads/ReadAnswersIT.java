package io.pgorchestra.lab.reads;

import static io.pgorchestra.lab.reads.ReadsUnderTest.NAMED;
import static io.pgorchestra.lab.reads.ReadsUnderTest.PLACE;
import static io.pgorchestra.lab.reads.ReadsUnderTest.SIMPLE;
import static io.pgorchestra.lab.reads.ReadsUnderTest.UNNAMED;
import static io.pgorchestra.lab.reads.ReadsUnderTest.answer;
import static io.pgorchestra.lab.reads.ReadsUnderTest.awaitStandby;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.cluster.LabNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Answers of standbys in all the forms that a driver asks for: prepared, by a cursor, by COPY, large, and cancelled. */
@Timeout(120)
class ReadAnswersIT {

    private static final AtomicInteger IDS = new AtomicInteger();

    @AutoClose
    private static ReadsUnderTest reads;

    @BeforeAll
    static void start() throws SQLException {
        reads = ReadsUnderTest.start();
    }

    @BeforeEach
    void awaitReads() throws SQLException {
        reads.awaitReads();
    }

    @Test
    void preparedStatement_isUsedOnPrimaryAndStandbyInTurn() throws SQLException {
        try (Connection connection = reads.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)");
                PreparedStatement select =
                        connection.prepareStatement("SELECT value, " + PLACE + " FROM t WHERE id = ?")) {
            int onStandbys = 0;
            for (int i = 0; i < 60; i++) {
                int id = IDS.incrementAndGet();
                if (i % 3 == 0) {
                    insert.setInt(1, id);
                    insert.setString(2, "v" + id);
                    insert.execute();
                } else {
                    connection.createStatement().execute("INSERT INTO t VALUES (" + id + ", 'v" + id + "')");
                }
                if (i % 10 == 9) {
                    awaitStandby(connection);
                }
                connection.setAutoCommit(i % 4 != 0);
                select.setInt(1, id);
                try (ResultSet row = select.executeQuery()) {
                    assertTrue(row.next(), "row " + id);
                    assertEquals("v" + id, row.getString(1));
                    onStandbys += row.getString(2).equals("standby") ? 1 : 0;
                }
                connection.setAutoCommit(true);
            }
            assertTrue(onStandbys > 0 && onStandbys < 60, onStandbys + " of 60 on standbys");
        }
    }

    @Test
    void cursorInAReadOnlyTransaction_fetchesToItsEnd() throws SQLException {
        try (Connection connection = reads.connect();
                Statement statement = connection.createStatement()) {
            awaitStandby(connection);
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            statement.setFetchSize(100);
            int rows = 0;
            try (ResultSet row =
                    statement.executeQuery("SELECT i, " + PLACE + " FROM generate_series(1, 10000) AS i")) {
                while (row.next()) {
                    assertEquals(++rows, row.getInt(1));
                    assertEquals("standby", row.getString(2));
                }
            }
            assertEquals(10_000, rows);
            connection.commit();
        }
    }

    @Test
    void copyToStdout_runsOnAStandby() throws SQLException, IOException {
        try (Connection connection = reads.connect()) {
            awaitStandby(connection);
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT " + PLACE + ", i FROM generate_series(1, 50000) AS i) TO STDOUT", out);

            String[] lines = out.toString(StandardCharsets.UTF_8).split("\n", -1);
            assertEquals(50_001, lines.length);
            assertEquals("standby\t50000", lines[49_999]);
            assertEquals("standby", answer(connection, "SELECT " + PLACE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void resultOfManyMegabytes_comesWhole(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol);
                Statement statement = connection.createStatement()) {
            awaitStandby(connection);
            int rows = 0;
            try (ResultSet row = statement.executeQuery(
                    "SELECT i, " + PLACE + ", repeat(md5(i::text), 60) FROM generate_series(1, 8000) AS i")) {
                while (row.next()) {
                    assertEquals(++rows, row.getInt(1));
                    assertEquals("standby", row.getString(2));
                    assertEquals(1920, row.getString(3).length());
                }
            }
            assertEquals(8_000, rows);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void cancel_reachesTheStandby_andIsNotRunAgain(String protocol) throws Exception {
        try (Connection connection = reads.connect(protocol);
                Statement statement = connection.createStatement()) {
            awaitStandby(connection);
            CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> {
                try {
                    statement.execute("/* orchestra: standby */ SELECT pg_sleep(60)");
                    return "";
                } catch (SQLException e) {
                    return String.valueOf(e.getSQLState());
                }
            });
            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> reads.standbys().stream().anyMatch(ReadAnswersIT::sleeps),
                    () -> "nothing sleeps on a standby");

            statement.cancel();

            assertEquals("57014", running.get(20, TimeUnit.SECONDS));
            assertFalse(sleeps(reads.cluster().node("pg1")), "it sleeps on the primary now");
            assertEquals("standby", answer(connection, "SELECT " + PLACE));
        }
    }

    private static boolean sleeps(LabNode node) {
        return node.ask("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                .equals("t");
    }
}
