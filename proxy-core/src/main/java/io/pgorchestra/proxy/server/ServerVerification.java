package io.pgorchestra.proxy.server;

import io.pgorchestra.discovery.Epoch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The question that a server to the primary must answer before it is used: once, for a session that is the primary's stays so for its
 * whole life.
 *
 * <p>The timeline is that of the log file being written: after a promotion the control file goes on showing the old one until the next
 * checkpoint.
 */
final class ServerVerification {

    static final String SQL = "SELECT pg_catalog.pg_is_in_recovery(),"
            + " (SELECT system_identifier FROM pg_catalog.pg_control_system()),"
            + " CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE"
            + " substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) END";

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
        long expected = epoch.incarnation().systemIdentifier();
        if (expected != 0 && !text(values.get(1)).equals(Long.toUnsignedString(expected))) {
            return "system identifier: " + text(values.get(1)) + " (expected: " + Long.toUnsignedString(expected)
                    + "; this is another cluster)";
        }
        int timeline = Integer.parseUnsignedInt(text(values.get(2)), HEXADECIMAL);
        if (epoch.timeline() != 0 && timeline != epoch.timeline()) {
            return "timeline: " + timeline + " (expected: " + epoch.timeline() + " of epoch " + epoch
                    + "; this is a stale primary, or a newer one)";
        }
        return null;
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.US_ASCII);
    }
}
