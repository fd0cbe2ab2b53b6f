package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a {@link Fence}, for log, console and metrics.
 *
 * @param epoch which it happened to; null if none was ever accepted
 * @param detail for an operator; may be empty
 */
public record FenceEvent(Kind kind, @Nullable Epoch epoch, String detail) {

    /** What happened. */
    public enum Kind {
        /** Writes go to this epoch's primary from now on. */
        EPOCH_OPENED,
        /** A new token for the same reign of the same primary: its servers are kept. */
        EPOCH_ADOPTED,
        /** A new epoch was learned; the servers of the old one are being closed. */
        FENCING,
        /** The last server of the old epoch is closed. */
        FENCED,
        /** No process can write to an older primary any more; the detail says how that is known. */
        BARRIER_PASSED,
        /** The new primary is not yet, or not, what the authority says. */
        NOT_VERIFIED,
        /** The authority names a node that takes writes and must not be followed: of another system, or on an older timeline. An alarm. */
        PRIMARY_REFUSED,
        /** The new primary writes the timeline that another one has written: what that one acknowledged since they parted is lost. An alarm. */
        FORKED,
        /** The authority says something that must not be followed; writes are held. An alarm. */
        VIEW_REFUSED,
        /** More than one node takes writes; they are held. An alarm. */
        SPLIT_BRAIN,
        /** The authority knows no primary; writes are held. */
        NO_PRIMARY,
        /** The authority has been silent for the time of a lease; writes are held. */
        LEASE_LOST,
        /** It has confirmed the same epoch again; writes go on. */
        LEASE_BACK,
        /** The authority is silent, but the nodes vouch for the primary. Told once in each silence. */
        WITNESSED,
        /** The authority does not answer. */
        DISCOVERY_LOST,
        /** It answers again. */
        DISCOVERY_BACK,
        /** Nothing is begun on the primary any more: a switchover is coming. */
        DRAINING,
        /** The last transaction on it has ended. */
        DRAINED,
        /** The epoch could not be kept for the next start of this process. An alarm. */
        EPOCH_NOT_SAVED
    }

    public boolean isAlarm() {
        return switch (kind) {
            case PRIMARY_REFUSED, FORKED, VIEW_REFUSED, SPLIT_BRAIN, EPOCH_NOT_SAVED -> true;
            case EPOCH_OPENED, EPOCH_ADOPTED, FENCING, FENCED, BARRIER_PASSED, NOT_VERIFIED, NO_PRIMARY, LEASE_LOST ->
                false;
            case LEASE_BACK, WITNESSED, DISCOVERY_LOST, DISCOVERY_BACK, DRAINING, DRAINED -> false;
        };
    }
}
