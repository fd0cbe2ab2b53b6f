package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.TimelineHistory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a node is, in one query. Bound to one thread at a time.
 *
 * <p>A primary's timeline comes from the name of the segment it writes: the control file still names the old one until the checkpoint after a
 * promotion has ended. A standby's is the one it receives; when its receiver has ended, because the primary is dead, the newer of the last
 * one it was seen receiving and the one its control file knows.
 */
final class NodeReader {

    private static final String QUERY = """
            SELECT s.standby,
                   c.system_identifier,
                   (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS postmaster_start,
                   CASE WHEN NOT s.standby
                        THEN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS written_timeline,
                   CASE WHEN NOT s.standby
                        THEN pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint END AS written,
                   pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint AS received,
                   pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint AS replayed,
                   greatest(k.timeline_id, v.min_recovery_end_timeline) AS control_timeline,
                   r.pid AS receiver, r.status, r.received_tli, r.sender_host, r.sender_port
              FROM (SELECT pg_is_in_recovery() AS standby) s
                   CROSS JOIN pg_control_system() c
                   CROSS JOIN pg_control_checkpoint() k
                   CROSS JOIN pg_control_recovery() v
                   LEFT JOIN pg_stat_wal_receiver r ON true""";

    /** Its right is not among those of {@code pg_monitor}. */
    private static final String READ_FILE = "SELECT pg_catalog.pg_read_file(?)";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private boolean missesRights;
    private boolean missesHistory;
    private TimelineHistory history = TimelineHistory.UNKNOWN;
    private long receivedSince;
    private int receivedTimeline;

    NodeObservation read(Connection connection, String node) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            if (!row.next()) {
                throw new SQLException("no row (expected: one)", "02000");
            }
            return row.getBoolean("standby") ? standby(row, node) : primary(row, node, connection);
        }
    }

    /** Whether the last look at a primary of a later timeline could not read where the former ones ended. */
    boolean missesHistory() {
        return missesHistory;
    }

    /** Whether the last look at a standby could not see whether it streams: the role is not in {@code pg_read_all_stats}. */
    boolean missesRights() {
        return missesRights;
    }

    private NodeObservation primary(ResultSet row, String node, Connection connection) throws SQLException {
        missesRights = false;
        long written = row.getLong("written");
        int timeline = Integer.parseUnsignedInt(row.getString("written_timeline"), 16);
        if (timeline != history.timeline()) {
            history = timeline == 1 ? new TimelineHistory(1, Map.of()) : readHistory(connection, timeline);
        }
        return new NodeObservation(
                node,
                State.PRIMARY,
                0,
                row.getLong("system_identifier"),
                timeline,
                written,
                written,
                row.getLong("postmaster_start"),
                "",
                history);
    }

    /** Once for each timeline: without it all works, but for telling what a failover may have lost. */
    private TimelineHistory readHistory(Connection connection, int timeline) throws SQLException {
        missesHistory = false;
        try (PreparedStatement file = connection.prepareStatement(READ_FILE)) {
            file.setString(1, "pg_wal/" + TimelineHistory.fileName(timeline));
            try (ResultSet row = file.executeQuery()) {
                return row.next()
                        ? TimelineHistory.parse(timeline, row.getString(1))
                        : new TimelineHistory(timeline, Map.of());
            }
        } catch (SQLException e) {
            if (connection.isClosed()) {
                throw e;
            }
            missesHistory = INSUFFICIENT_PRIVILEGE.equals(e.getSQLState());
            return new TimelineHistory(timeline, Map.of());
        }
    }

    private NodeObservation standby(ResultSet row, String node) throws SQLException {
        @Nullable String status = row.getString("status");
        missesRights = row.getString("receiver") != null && status == null;
        long replayed = row.getLong("replayed");
        long postmasterStart = row.getLong("postmaster_start");
        return new NodeObservation(
                node,
                State.STANDBY,
                0,
                row.getLong("system_identifier"),
                timelineOfStandby(row, postmasterStart),
                // A receiver that starts again counts from the beginning of its segment, behind what is long replayed.
                Math.max(row.getLong("received"), replayed),
                replayed,
                postmasterStart,
                "streaming".equals(status) ? row.getString("sender_host") + ":" + row.getInt("sender_port") : "");
    }

    private int timelineOfStandby(ResultSet row, long postmasterStart) throws SQLException {
        int receives = row.getInt("received_tli");
        if (receives > 0) {
            receivedTimeline = receives;
            receivedSince = postmasterStart;
            return receives;
        }
        int control = row.getInt("control_timeline");
        return receivedSince == postmasterStart ? Math.max(receivedTimeline, control) : control;
    }
}
