package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.IntFunction;

/** One node of a {@link LabCluster}: what can be done to it without asking the others. For all threads. */
public final class LabNode {

    private static final String CONNECT_SECONDS = "3";

    /** A node that is asked how it is answers within this time, or counts as silent. */
    private static final String LOOK_SECONDS = "3";

    /** Longer than the longest thing that is asked for: a promotion. */
    private static final String ASK_SECONDS = "90";

    private static final String LOOK = """
            SELECT pg_is_in_recovery(),
                CASE WHEN pg_is_in_recovery()
                    THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming'),
                        (SELECT timeline_id FROM pg_control_checkpoint()))
                    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int
                END,
                CASE WHEN pg_is_in_recovery()
                    THEN coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')
                    ELSE pg_current_wal_insert_lsn()
                END - '0/0'::pg_lsn,
                coalesce((SELECT sender_port FROM pg_stat_wal_receiver WHERE status = 'streaming'), 0)
            """;

    private final String name;
    private final EmbeddedPostgres server;
    private final NodeFiles files;

    LabNode(String name, EmbeddedPostgres server) {
        this.name = name;
        this.server = server;
        files = new NodeFiles(server.dataDirectory());
    }

    public String name() {
        return name;
    }

    /** The port on 127.0.0.1 on which it listens, behind every link. */
    public int port() {
        return server.port();
    }

    /** The server itself. Whoever starts or stops it here also minds its part in the cluster. */
    public EmbeddedPostgres server() {
        return server;
    }

    NodeFiles files() {
        return files;
    }

    /** Kills all its processes at once, as a crash of its machine would. */
    public void kill() {
        server.kill();
    }

    /** Stops it as an administrator would ({@code -m fast}); a primary first sends its standbys all they lack. */
    public void stop() {
        server.stop();
    }

    /** Starts it as what it was when it ended: a primary that has been replaced meanwhile comes back as a second one. */
    public void start() {
        server.startAgain();
    }

    /** Stops all its processes where they stand (SIGSTOP). */
    public void freeze() {
        server.freeze();
    }

    public void thaw() {
        server.thaw();
    }

    /**
     * Lets nothing be created or deleted in its data directory itself any more, nearly as if its disk were full: it goes on streaming, answers and
     * replays, while promotion and {@code ALTER SYSTEM} fail.
     */
    public void lockFolder() {
        files.lock();
    }

    public void unlockFolder() {
        files.unlock();
    }

    /** Makes a primary of a standby, whatever the others are, and returns when it takes writes. */
    public void promote() {
        ask("SELECT pg_promote(true, 60)");
    }

    /** A connection as superuser to database {@code postgres}, past every link and proxy. */
    public Connection connect() throws SQLException {
        return server.connect();
    }

    /** The first column of the first row, past every link and proxy; empty if there is no row. */
    public String ask(String sql) {
        try (Connection connection = connect(ASK_SECONDS);
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

    /**
     * How it is now. Waits a few seconds for a node that does not answer.
     *
     * @param partyBehind the name of the party that is reached over a port, for the node's upstream
     */
    NodeStatus look(IntFunction<String> partyBehind) {
        if (!server.isRunning()) {
            return NodeStatus.without(name, port(), NodeStatus.State.DOWN);
        }
        if (server.isFrozen()) {
            return NodeStatus.without(name, port(), NodeStatus.State.FROZEN);
        }
        try (Connection connection = connect(LOOK_SECONDS);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOOK)) {
            row.next();
            boolean standby = row.getBoolean(1);
            int senderPort = row.getInt(4);
            return new NodeStatus(
                    name,
                    port(),
                    standby ? NodeStatus.State.STANDBY : NodeStatus.State.PRIMARY,
                    row.getInt(2),
                    row.getLong(3),
                    senderPort == 0 ? "" : partyBehind.apply(senderPort));
        } catch (SQLException e) {
            return NodeStatus.without(name, port(), NodeStatus.State.SILENT);
        }
    }

    private Connection connect(String answerSeconds) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.SUPERUSER);
        properties.setProperty("password", server.password());
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", answerSeconds);
        properties.setProperty("ApplicationName", "lab");
        return DriverManager.getConnection(server.jdbcUrl("postgres"), properties);
    }

    @Override
    public String toString() {
        return name;
    }
}
