package io.pgorchestra.lab.reads;

import static io.pgorchestra.lab.reads.ReadsUnderTest.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.cluster.LabNode;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Databases that come and go while reads are spread. */
@Timeout(120)
class NewDatabasesIT {

    private static final String DATABASE = "rehearsal";

    @AutoClose
    private static ReadsUnderTest reads;

    @BeforeAll
    static void start() throws SQLException {
        reads = ReadsUnderTest.start();
    }

    @AfterEach
    void drop() throws SQLException {
        for (LabNode standby : reads.standbys()) {
            standby.ask("SELECT pg_wal_replay_resume()");
        }
        primary().ask("DROP DATABASE IF EXISTS " + DATABASE + " WITH (FORCE)");
    }

    private static LabNode primary() {
        return reads.cluster().node("pg1");
    }

    /** The connection that reads what functions there are stayed, and kept the database from being dropped for ever. */
    @Test
    void databaseWhoseFunctionsAreRead_canBeDropped() throws SQLException {
        primary().ask("CREATE DATABASE " + DATABASE);
        try (Connection connection = reads.connectTo(DATABASE)) {
            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> answer(connection, "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + DATABASE + "'")
                            .equals("2"),
                    () -> "nobody reads the functions");
        }
        try (Connection other = reads.connect()) {
            assertEquals("", answer(other, "DROP DATABASE " + DATABASE));
        }
    }

    /** The standby's "database does not exist" ended the client's connection. */
    @Test
    void databaseThatNoStandbyHasReplayed_isReadOnThePrimary() throws SQLException {
        for (LabNode standby : reads.standbys()) {
            standby.ask("SELECT pg_wal_replay_pause()");
        }
        primary().ask("CREATE DATABASE " + DATABASE);
        try (Connection connection = reads.connectTo(DATABASE)) {
            assertEquals("1", answer(connection, "SELECT 1"));
            assertEquals("2", answer(connection, "SELECT 2"));
        }
    }
}
