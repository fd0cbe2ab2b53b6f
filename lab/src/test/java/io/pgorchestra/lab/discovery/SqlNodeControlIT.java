package io.pgorchestra.lab.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.NodeControlException;
import io.pgorchestra.discovery.sql.SqlNodeControl;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.PostgresUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class SqlNodeControlIT {

    private static final SqlSettings SUPERUSER =
            PrimaryAndStandby.superuser().withTimeout(SqlNodeControl.DEFAULT_TIMEOUT);

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
    void failover_byHand_promotesSynchronousStandby_andAFencedPrimaryTakesNoWrites(PostgresUnderTest postgres)
            throws IOException, SQLException {
        try (PrimaryAndStandby pair = new PrimaryAndStandby(postgres.options(), folder);
                SqlNodeControl control = new SqlNodeControl(SUPERUSER)) {
            await(pair.primary, "SELECT count(*) FROM pg_stat_replication", "1");

            control.setSynchronousStandbys(pair.primaryNode(), List.of("b"), 1).join();
            assertEquals("quorum", PrimaryAndStandby.ask(pair.primary, "SELECT sync_state FROM pg_stat_replication"));
            control.setSynchronousStandbys(pair.primaryNode(), List.of(), 0).join();
            assertEquals("async", PrimaryAndStandby.ask(pair.primary, "SELECT sync_state FROM pg_stat_replication"));

            control.makeReadOnly(pair.primaryNode()).join();
            await(pair.primary, "SHOW default_transaction_read_only", "on");
            SQLException refused =
                    assertThrows(SQLException.class, () -> PrimaryAndStandby.run(pair.primary, "CREATE TABLE t ()"));
            assertEquals("25006", refused.getSQLState());

            control.setSynchronousStandbys(pair.standbyNode(), List.of("a", "c"), 2)
                    .join();
            assertEquals("ANY 2 (\"a\", \"c\")", PrimaryAndStandby.ask(pair.standby, "SHOW synchronous_standby_names"));
            control.setSynchronousStandbys(pair.standbyNode(), List.of(), 0).join();
            control.makeReadOnly(pair.standbyNode()).join();
            control.promote(pair.standbyNode()).join();
            await(pair.standby, "SELECT pg_is_in_recovery()", "f");
            control.promote(pair.standbyNode()).join();
            await(pair.standby, "SHOW default_transaction_read_only", "off");
            PrimaryAndStandby.run(pair.standby, "CREATE TABLE t ()");
        }
    }

    @ParameterizedTest
    @MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
    void repoint_changesHostAndPort_andKeepsTheRest(PostgresUnderTest postgres) throws IOException, SQLException {
        try (PrimaryAndStandby pair = new PrimaryAndStandby(postgres.options(), folder);
                SqlNodeControl control = new SqlNodeControl(SUPERUSER)) {
            await(pair.primary, "SELECT count(*) FROM pg_stat_replication", "1");

            control.repoint(pair.standbyNode(), new Node("a", "localhost", pair.primary.port()))
                    .join();

            await(
                    pair.standby,
                    "SHOW primary_conninfo",
                    "host='localhost' port='" + pair.primary.port()
                            + "' user='postgres' password='it\\'s \\\\ open' application_name='b'");
            await(pair.standby, "SELECT sender_host FROM pg_stat_wal_receiver", "localhost");
            await(pair.primary, "SELECT application_name FROM pg_stat_replication", "b");
        }
    }

    /** Whoever waits for a standby must go on waiting: made to stop, it would show what no other node has. */
    @Test
    void makeReadOnly_leavesACommitThatWaitsForItsStandbyWaiting() throws IOException, SQLException {
        try (PrimaryAndStandby pair =
                        new PrimaryAndStandby(PostgresUnderTest.newest().options(), folder);
                SqlNodeControl control = new SqlNodeControl(SUPERUSER)) {
            await(pair.primary, "SELECT count(*) FROM pg_stat_replication", "1");
            PrimaryAndStandby.run(pair.primary, "CREATE TABLE t (n int)");
            control.setSynchronousStandbys(pair.primaryNode(), List.of("b"), 1).join();
            pair.standby.kill();
            Thread writer = new Thread(() -> insertForEver(pair.primary), "writer");
            writer.setDaemon(true);
            writer.start();
            String waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
            await(pair.primary, waiting, "1");

            control.makeReadOnly(pair.primaryNode()).join();

            await(pair.primary, "SHOW default_transaction_read_only", "on");
            assertEquals("1", PrimaryAndStandby.ask(pair.primary, waiting));
            assertEquals("0", PrimaryAndStandby.ask(pair.primary, "SELECT count(*) FROM t"));
            pair.primary.kill();
        }
    }

    private static void insertForEver(EmbeddedPostgres node) {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1)");
            throw new AssertionError("committed without its standby");
        } catch (SQLException e) {
            // The node was killed at the end of the test.
        }
    }

    @Test
    void plainRole_isToldWhatItNeeds() {
        EmbeddedPostgres node = PostgresUnderTest.newest().node();
        try (SqlNodeControl control = new SqlNodeControl(SqlSettings.of("nobody", "", "postgres"))) {
            PrimaryAndStandby.run(node, "CREATE ROLE nobody LOGIN");

            CompletionException failure = assertThrows(
                    CompletionException.class,
                    () -> control.makeReadOnly(PrimaryAndStandby.node("a", node))
                            .join());

            String text = String.valueOf(assertInstanceOf(NodeControlException.class, failure.getCause())
                    .getMessage());
            assertTrue(text.startsWith("cannot make read-only a("), text);
            assertTrue(text.endsWith("Orchestra must log in there as a superuser."), text);
            PrimaryAndStandby.run(node, "DROP ROLE nobody");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(EmbeddedPostgres node, String sql, String wanted) throws SQLException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        String last = PrimaryAndStandby.ask(node, sql);
        while (!last.equals(wanted)) {
            assertTrue(System.nanoTime() - deadline < 0, sql + ": " + last + " (expected: " + wanted + ")");
            LockSupport.parkNanos(20_000_000);
            last = PrimaryAndStandby.ask(node, sql);
        }
    }
}
