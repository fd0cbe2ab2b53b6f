package io.pgorchestra.discovery;

/**
 * What one look at a node showed. Looks go stale: whoever holds one minds its age.
 *
 * @param node {@link Node#name}
 * @param ageMillis how old this was when it was reported
 * @param systemIdentifier 0 if the node did not answer
 * @param timeline of a primary: from {@code pg_walfile_name(pg_current_wal_insert_lsn())}, for the control file is late after a
 *     promotion; of a standby: what it receives
 * @param lsn of a primary the insert position, of a standby what it has received, in bytes
 * @param replayedLsn of a standby what it has replayed; of a primary as {@code lsn}
 * @param postmasterStartMicros {@code pg_postmaster_start_time()}, to tell a restart
 * @param upstream of a standby the address it streams from as {@code host:port}; empty if it does not stream
 * @param history of a primary, if it may be read; not among what proxies tell one another
 */
public record NodeObservation(
        String node,
        State state,
        long ageMillis,
        long systemIdentifier,
        int timeline,
        long lsn,
        long replayedLsn,
        long postmasterStartMicros,
        String upstream,
        TimelineHistory history) {

    public NodeObservation(
            String node,
            State state,
            long ageMillis,
            long systemIdentifier,
            int timeline,
            long lsn,
            long replayedLsn,
            long postmasterStartMicros,
            String upstream) {
        this(
                node,
                state,
                ageMillis,
                systemIdentifier,
                timeline,
                lsn,
                replayedLsn,
                postmasterStartMicros,
                upstream,
                TimelineHistory.UNKNOWN);
    }

    /** What a node turned out to be. */
    public enum State {
        /** No answer in time, or none that makes sense. */
        UNREACHABLE,
        /** It answers, but takes no connections yet or no more (57P03 and its kin). */
        NOT_ACCEPTING,
        /** Not in recovery: it takes writes. */
        PRIMARY,
        /** In recovery. */
        STANDBY
    }

    public static NodeObservation unreachable(String node) {
        return new NodeObservation(node, State.UNREACHABLE, 0, 0, 0, 0, 0, 0, "");
    }
}
