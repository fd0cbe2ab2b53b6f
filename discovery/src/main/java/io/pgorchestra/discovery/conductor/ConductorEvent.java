package io.pgorchestra.discovery.conductor;

/** Something that a {@link Conductor} did or met, for log, console and metrics. */
public record ConductorEvent(Kind kind, long epoch, String detail) {

    /** What it was. */
    public enum Kind {
        /** There was no record yet; the only primary was written into it. */
        FOUNDED,
        /** There is no record yet, and the nodes do not show one primary beyond doubt. */
        NOT_FOUNDED,
        /** Most processes cannot reach the primary. */
        PRIMARY_LOST,
        /** The primary is lost, but no standby may take over. An alarm. */
        NO_CANDIDATE,
        /** The epoch was raised, with no primary. */
        EPOCH_RAISED,
        /** A standby is being promoted. */
        PROMOTING,
        /** A standby could not be promoted in time. */
        PROMOTION_FAILED,
        /** A primary was published. */
        PUBLISHED,
        /** The former primary came back before anybody was promoted, and was published again. */
        FORMER_KEPT,
        /** A node takes writes that is not the primary. An alarm. */
        STALE_PRIMARY,
        /** A node is where the configuration says, and the record says so now. */
        READDRESSED,
        /** A switchover has begun, or gone on; the detail says how far. */
        SWITCHOVER,
        /** A switchover was given up; the old primary serves. */
        SWITCHOVER_ABORTED,
        /** Which standbys a commit waits for has changed. */
        SYNCHRONOUS
    }
}
