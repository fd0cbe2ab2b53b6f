package io.pgorchestra.proxy.server;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.proxy.standby.Standby;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The question that a server must answer before it is used: once, for a session that is the primary's stays so for its whole life.
 *
 * <p>The timeline is that of the log file being written: after a promotion the control file goes on showing the old one until the next
 * checkpoint.
 */
final class ServerVerification {

    static final String SQL = "SELECT pg_catalog.pg_is_in_recovery(),"
            + " (SELECT system_identifier FROM pg_catalog.pg_control_system()),"
            + " CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE"
            + " substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) END";

    /** As above, for one that reads go to. */
    static final String SQL_OF_STANDBY = "SELECT pg_catalog.pg_is_in_recovery(),"
            + " (SELECT system_identifier FROM pg_catalog.pg_control_system()),"
            + " (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint,"
            + " pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_replay_lsn(), '0/0')::bigint";

    private static final int HEXADECIMAL = 16;

    private ServerVerification() {}

    /** What is wrong with a server that answered so, or null if it is the primary of this epoch. */
    static @Nullable String problem(List<byte @Nullable []> values, Epoch epoch) {
        if (values.size() != 3) {
            return "answered the question who it is with " + values.size() + " columns (expected: 3)";
        }
        if (!text(values.get(0)).equals("f")) {
            return "is in recovery (expected: the primary of epoch " + epoch + ")";
        }
        String stranger = otherCluster(values, epoch);
        if (stranger != null) {
            return stranger;
        }
        int timeline = Integer.parseUnsignedInt(text(values.get(2)), HEXADECIMAL);
        if (epoch.timeline() != 0 && timeline != epoch.timeline()) {
            return "timeline: " + timeline + " (expected: " + epoch.timeline() + " of epoch " + epoch
                    + "; this is a stale primary, or a newer one)";
        }
        return null;
    }

    /** As above, for a standby of this epoch's cluster; {@code standby} learns how far it has replayed. */
    static @Nullable String problemOfStandby(List<byte @Nullable []> values, Epoch epoch, Standby standby) {
        if (values.size() != 4) {
            return "answered the question who it is with " + values.size() + " columns (expected: 4)";
        }
        if (!text(values.get(0)).equals("t")) {
            return "is not in recovery (expected: a standby)";
        }
        String stranger = otherCluster(values, epoch);
        if (stranger != null) {
            return stranger;
        }
        String replayed = text(values.get(3));
        standby.connected(Long.parseLong(text(values.get(2))), replayed.isEmpty() ? 0 : Long.parseLong(replayed));
        return null;
    }

    private static @Nullable String otherCluster(List<byte @Nullable []> values, Epoch epoch) {
        long expected = epoch.incarnation().systemIdentifier();
        return expected == 0 || text(values.get(1)).equals(Long.toUnsignedString(expected))
                ? null
                : "system identifier: " + text(values.get(1)) + " (expected: " + Long.toUnsignedString(expected)
                        + "; this is another cluster)";
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.US_ASCII);
    }
}
