package io.pgorchestra.discovery.fencing;

/** Where a {@link Fence} stands; its class comment has the picture. */
public enum FenceState {
    /** Nothing has been learned from the authority yet. */
    STARTING,
    /** Writes go to the primary. */
    OPEN,
    /** What runs on the primary may finish; a switchover is coming. */
    DRAINING,
    /** The lease has ended. The servers are kept: if the same epoch is confirmed again, their transactions go on. */
    LEASELESS,
    /** There is no primary to write to, or none that may be followed. */
    WAITING,
    /** A new token for the same node: whether it is the same reign is being found out, while the old lease runs out. */
    ADOPTING,
    /** The servers of the old epoch are being closed. */
    FENCING,
    /** Nothing is open, and the new primary is being looked at. */
    VERIFYING,
    /** The new primary is what it should be; others may still write to an older one. */
    BARRIER,
    /** For good. */
    STOPPED;

    boolean mayBecome(FenceState next) {
        return switch (this) {
            case STARTING -> next == WAITING || next == VERIFYING || next == STOPPED;
            case OPEN -> next == DRAINING || next == LEASELESS || leavesEpoch(next);
            case DRAINING -> next == OPEN || next == LEASELESS || leavesEpoch(next);
            case LEASELESS -> next == OPEN || next == DRAINING || leavesEpoch(next);
            case WAITING -> next == OPEN || next == DRAINING || next == VERIFYING || leavesEpoch(next);
            case ADOPTING -> next == OPEN || next == DRAINING || leavesEpoch(next);
            case FENCING -> next == WAITING || next == VERIFYING || next == STOPPED;
            case VERIFYING -> next == BARRIER || next == WAITING || next == STOPPED;
            case BARRIER -> next == OPEN || next == DRAINING || next == VERIFYING || next == WAITING || next == STOPPED;
            case STOPPED -> false;
        };
    }

    private static boolean leavesEpoch(FenceState next) {
        return next == WAITING || next == ADOPTING || next == FENCING || next == STOPPED;
    }
}
