package io.pgorchestra.lab.reads;

import static io.pgorchestra.lab.reads.ReadsUnderTest.NAMED;
import static io.pgorchestra.lab.reads.ReadsUnderTest.PLACE;
import static io.pgorchestra.lab.reads.ReadsUnderTest.SIMPLE;
import static io.pgorchestra.lab.reads.ReadsUnderTest.UNNAMED;
import static io.pgorchestra.lab.reads.ReadsUnderTest.answer;
import static io.pgorchestra.lab.reads.ReadsUnderTest.awaitStandby;
import static io.pgorchestra.lab.reads.ReadsUnderTest.route;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.cluster.LabNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of docs/reads.md on a real cluster, by both protocols. */
@Timeout(120)
class ReadRulesIT {

    private static final AtomicInteger IDS = new AtomicInteger();

    @AutoClose
    private static ReadsUnderTest reads;

    @BeforeAll
    static void start() throws SQLException {
        reads = ReadsUnderTest.start();
        LabNode primary = reads.cluster().node("pg1");
        primary.ask("CREATE FUNCTION writes(int) RETURNS text VOLATILE LANGUAGE sql AS"
                + " 'INSERT INTO t VALUES ($1, ''by a function'') RETURNING value'");
        // What Postgres allows, though its author should not.
        primary.ask("CREATE FUNCTION claims_to_read(int) RETURNS text STABLE LANGUAGE sql AS 'SELECT writes($1)'");
    }

    @BeforeEach
    void awaitReads() throws SQLException {
        reads.awaitReads();
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void select_runsOnAStandby(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);

            assertEquals("standby", answer(connection, "SELECT " + PLACE));
            assertEquals("standby", answer(connection, "WITH x AS (SELECT " + PLACE + " AS p) SELECT p FROM x"));
            assertEquals("standby", answer(connection, "VALUES (" + PLACE + ")"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void ownWrite_isSeenAtOnce_andStandbysServeAgainSoon(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            for (int i = 0; i < 20; i++) {
                int id = IDS.incrementAndGet();
                answer(connection, "INSERT INTO t VALUES (" + id + ", 'x')");

                assertEquals("x", answer(connection, "SELECT value FROM t WHERE id = " + id));
                assertEquals("1", answer(connection, "DELETE FROM t WHERE id = " + id + " RETURNING 1"));
                assertEquals("", answer(connection, "SELECT value FROM t WHERE id = " + id));
            }
            awaitStandby(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void hint_overrulesTheSetting(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            assertEquals("primary", answer(connection, "/* orchestra: primary */ SELECT " + PLACE));
            assertEquals("", answer(connection, "SET orchestra.reads = primary"));

            assertEquals("primary", answer(connection, "SELECT " + PLACE));
            assertEquals("standby", answer(connection, "/* orchestra: standby */ SELECT " + PLACE));
        }
    }

    /** The session sees its own write although it was hinted to a standby. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void writeHintedToAStandby_isSeenByItsSession(String protocol) throws SQLException, IOException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            reads.withReplayPaused(() -> {
                int id = IDS.incrementAndGet();

                assertEquals(
                        "x",
                        answer(
                                connection,
                                "/* orchestra: standby */ INSERT INTO t VALUES (" + id + ", 'x') RETURNING value"));
                assertEquals("x", answer(connection, "SELECT value FROM t WHERE id = " + id));
            });
        }
    }

    /** 25006 never reaches the client, and what was written is seen by the session that wrote it. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void functionThatOnlyClaimsToRead_isRunOnThePrimaryUnseen(String protocol) throws SQLException, IOException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> "standby"
                            .equals(route(connection, "SELECT claims_to_read(1)")
                                    .get("route")),
                    () -> "not believed: " + route(connection, "SELECT claims_to_read(1)"));
            long before = reads.counted("routed_to_primary", "refused_by_standby");
            reads.withReplayPaused(() -> {
                int id = IDS.incrementAndGet();

                assertEquals("by a function", answer(connection, "SELECT claims_to_read(" + id + ")"));
                assertEquals("by a function", answer(connection, "SELECT value FROM t WHERE id = " + id));
            });
            assertEquals(before + 1, reads.counted("routed_to_primary", "refused_by_standby"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void volatileFunction_runsOnThePrimary(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            int id = IDS.incrementAndGet();

            assertEquals("by a function", answer(connection, "SELECT writes(" + id + ")"));
        }
    }

    /** Not by named statements: what SHOW answers is settled when it is parsed. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED})
    void settings_areShownSetAndReset(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            assertEquals("auto", answer(connection, "SHOW orchestra.reads"));
            assertEquals("session", answer(connection, "SHOW orchestra.consistency"));

            answer(connection, "SET orchestra.reads = 'standby'");
            answer(connection, "SET orchestra.consistency TO eventual");
            assertEquals("standby", answer(connection, "SHOW orchestra.reads"));
            assertEquals("eventual", answer(connection, "SHOW orchestra.consistency"));

            answer(connection, "RESET orchestra.reads");
            answer(connection, "RESET orchestra.consistency");
            assertEquals("auto", answer(connection, "SHOW orchestra.reads"));
            assertEquals("session", answer(connection, "SHOW orchestra.consistency"));

            answer(connection, "SET LOCAL orchestra.reads = 'standby'");
            assertEquals("auto", answer(connection, "SHOW orchestra.reads"));

            assertEquals("22023", answer(connection, "SET orchestra.reads = somewhere"));
            assertEquals("22023", answer(connection, "SET orchestra.token = 'soon'"));
            assertEquals("auto", answer(connection, "SHOW orchestra.reads"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void readsStandby_refusesWritesAsAStandbyDoes(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            answer(connection, "SET orchestra.reads = standby");
            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> "standby".equals(answer(connection, "SELECT " + PLACE)),
                    () -> "not on a standby: " + answer(connection, "SELECT " + PLACE));

            assertEquals("25006", answer(connection, "INSERT INTO t VALUES (0, 'x')"));
            connection.setAutoCommit(false);
            assertEquals("standby", answer(connection, "SELECT " + PLACE));
            assertEquals("25006", answer(connection, "INSERT INTO t VALUES (0, 'x')"));
            connection.rollback();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void explainRoute_saysWhereAndWhy(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);

            Map<String, String> select = route(connection, "SELECT " + PLACE + ", random()");
            assertEquals("standby", select.get("route"), select.toString());
            assertTrue(String.valueOf(select.get("functions")).contains("place"), select.toString());
            assertTrue(String.valueOf(select.get("standby pg2")).startsWith("fit"), select.toString());
            assertEquals(
                    "primary",
                    route(connection, "INSERT INTO t VALUES (1, 'x')").get("route"));
            assertEquals(
                    "for_update",
                    route(connection, "SELECT 1 FROM t FOR UPDATE").get("reason"));
            assertEquals(
                    "volatile_function", route(connection, "SELECT writes(1)").get("reason"));
            assertEquals("begin_read_only", route(connection, "BEGIN READ ONLY").get("reason"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void stateThatServersDoNotReport_keepsTheSessionOnThePrimary(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            answer(connection, "SET work_mem = '9MB'");

            assertEquals("primary", answer(connection, "SELECT " + PLACE));
            assertEquals("9MB", answer(connection, "SHOW work_mem"));
            answer(connection, "DISCARD ALL");
            awaitStandby(connection);
            assertEquals("4MB", answer(connection, "SHOW work_mem"));

            answer(connection, "CREATE TEMP TABLE own (id int)");
            assertEquals("primary", answer(connection, "SELECT " + PLACE));
            assertEquals("0", answer(connection, "SELECT count(*) FROM own"));
        }
    }

    /** What servers report, a standby's server is given too. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void stateThatServersReport_goesAlong(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            answer(connection, "SET TimeZone = 'Asia/Tokyo'");
            awaitStandby(connection);

            assertEquals(
                    "standby 9",
                    answer(
                            connection,
                            "SELECT " + PLACE + " || ' ' || extract(hour FROM timestamptz '2026-01-01 00:00:00+00')"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void token_makesOneSessionSeeWhatAnotherWrote(String protocol) throws SQLException, IOException {
        try (Connection writer = reads.connect(protocol);
                Connection reader = reads.connect(protocol)) {
            awaitStandby(reader);
            reads.withReplayPaused(() -> {
                int id = IDS.incrementAndGet();
                answer(writer, "INSERT INTO t VALUES (" + id + ", 'x')");
                String select = "SELECT value FROM t WHERE id = " + id;
                assertEquals("", answer(reader, select), "a standby whose replay is paused");

                answer(reader, "SET orchestra.token = '" + answer(writer, "SHOW orchestra.token") + "'");

                assertEquals("x", answer(reader, select));
                assertEquals("own_write", route(reader, select).get("reason"));
            });
            awaitStandby(reader);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void readOnlyTransaction_runsWhollyOnAStandby(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            connection.setAutoCommit(false);
            connection.setReadOnly(true);

            assertEquals("t", answer(connection, "SELECT pg_is_in_recovery()"));
            assertEquals("standby", answer(connection, "SELECT " + PLACE));
            assertEquals("25006", answer(connection, "INSERT INTO t VALUES (0, 'x')"));
            assertEquals("25P02", answer(connection, "SELECT 1"));
            connection.rollback();
            assertEquals("t", answer(connection, "SELECT pg_is_in_recovery()"));
            connection.commit();
            connection.setReadOnly(false);
            assertEquals("f", answer(connection, "SELECT pg_is_in_recovery()"));
            connection.commit();
        }
    }

    /** What works on one node works on a cluster that looks like one. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void transactionThatTurnsReadWrite_writes(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol);
                Statement statement = connection.createStatement()) {
            awaitStandby(connection);
            int id = IDS.incrementAndGet();
            statement.execute("BEGIN READ WRITE");
            statement.execute("INSERT INTO t VALUES (" + id + ", 'x')");
            statement.execute("COMMIT");
            assertEquals("x", answer(connection, "SELECT value FROM t WHERE id = " + id));
        }
    }

    /** One that is too long to be looked at counted as whatever had come before it. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void longWrite_isSeenByItsSession(String protocol) throws SQLException, IOException {
        try (Connection connection = reads.connect(protocol)) {
            awaitStandby(connection);
            reads.withReplayPaused(() -> {
                int id = IDS.incrementAndGet();
                answer(connection, "INSERT INTO t VALUES (" + id + ", '" + "x".repeat(100_000) + "')");

                assertEquals("100000", answer(connection, "SELECT length(value) FROM t WHERE id = " + id));
            });
        }
    }

    /** Every text with a comment in front counted as a write, and the next one stayed on the primary for that. */
    @ParameterizedTest
    @ValueSource(strings = {SIMPLE, UNNAMED, NAMED})
    void commentedReads_comeBackToTheStandbys(String protocol) throws SQLException {
        try (Connection connection = reads.connect(protocol)) {
            answer(connection, "INSERT INTO t VALUES (" + IDS.incrementAndGet() + ", 'x')");

            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> answer(connection, "/* from a framework */ SELECT " + PLACE)
                            .equals("standby"),
                    () -> "no read on a standby");
        }
    }
}
