package io.pgorchestra.proxy.admin;

/**
 * A node in SHOW NODES.
 *
 * @param role {@code primary}, {@code standby}, {@code stale} (takes writes, and is not the primary), {@code starting}, {@code unreachable}
 * @param lagBytes of a standby, behind the primary's position as last seen; -1 where unknown
 * @param lagMillis for how long it may have lacked something that the primary has; -1 where unknown
 * @param reads {@code fit} for reads, or why not
 * @param ageMillis how old this observation is
 * @param trouble why nothing is known of it; empty if something is
 */
public record NodeRow(
        String name,
        String host,
        int port,
        String role,
        int timeline,
        long lsn,
        long replayedLsn,
        long lagBytes,
        long lagMillis,
        String reads,
        String upstream,
        long ageMillis,
        String trouble) {}
