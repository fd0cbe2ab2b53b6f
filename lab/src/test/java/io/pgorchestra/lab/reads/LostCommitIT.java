package io.pgorchestra.lab.reads;

import static io.pgorchestra.lab.reads.ReadsUnderTest.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Link;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A primary dies with commits that it had acknowledged and no standby had. */
@Timeout(120)
class LostCommitIT {

    @Test
    void sessionsWhoseCommitMayBeLost_areWarned_andOthersAreNot() throws SQLException, IOException {
        try (ReadsUnderTest reads = ReadsUnderTest.start("failover_hold_timeout: 60s");
                Connection settled = reads.connect();
                Connection lost = reads.connect();
                Connection told = reads.connect();
                Connection reader = reads.connect()) {
            LabNode old = reads.cluster().node("pg1");
            LabNode next = reads.cluster().node("pg2");
            answer(settled, "INSERT INTO t VALUES (1, 'settled')");
            ReadsUnderTest.awaitStandby(settled);
            ReadsUnderTest.awaitStandby(reader);
            reads.standbys()
                    .forEach(standby -> reads.cluster()
                            .network()
                            .between(old.name(), standby.name())
                            .forEach(Link::cut));
            answer(lost, "INSERT INTO t VALUES (2, 'lost')");
            String token = answer(lost, "SHOW orchestra.token");
            // Its position is known: it waits for more than the standbys have.
            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> !ReadsUnderTest.route(lost, "SELECT 1")
                            .getOrDefault("waits_for_lsn", "")
                            .equals("not known yet"),
                    () -> "no position of the write");

            old.kill();
            next.promote();

            assertEquals("", answer(reader, "INSERT INTO t VALUES (3, 'new')"));
            assertEquals("", answer(settled, "INSERT INTO t VALUES (4, 'new')"));
            assertNull(warning(settled, "SELECT count(*) FROM t"));
            SQLWarning warned = warning(lost, "SELECT count(*) FROM t");
            assertTrue(
                    warned != null
                            && "01000".equals(warned.getSQLState())
                            && String.valueOf(warned.getMessage()).contains("may have been lost"),
                    "warning: " + warned);
            assertNull(warning(lost, "SELECT count(*) FROM t"));
            assertEquals("", answer(told, "SET orchestra.token = '" + token + "'"));
            assertTrue(warning(told, "SELECT count(*) FROM t") != null, "no warning of the token " + token);
            assertEquals("1,3,4", answer(lost, "SELECT string_agg(id::text, ',' ORDER BY id) FROM t"));
            assertEquals(1, reads.counted("commit_possibly_lost", "own_write"));
            assertEquals(1, reads.counted("commit_possibly_lost", "token"));
        }
    }

    private static @Nullable SQLWarning warning(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return statement.getWarnings();
        }
    }
}
