package io.pgorchestra.discovery;

import org.jspecify.annotations.Nullable;

/**
 * What the data plane may do with the primary at this moment. Immutable; the present one stands behind one volatile, and is replaced at
 * every change and every renewal of the lease.
 *
 * @param sequence number of the epoch in this process; servers are tagged with it when they connect; from 0
 * @param primary where servers of this sequence connect to; null before the first epoch is open
 * @param epoch what such a server must prove to be: the same system, and this timeline; null as {@code primary}
 * @param leaseUntilNanos on {@code System.nanoTime}: no byte goes to a server of the primary after that
 */
public record Route(
        long sequence, @Nullable Node primary, @Nullable Epoch epoch, Mode mode, long leaseUntilNanos) {

    /** Before anything is known. */
    public static final Route NONE = new Route(0, null, null, Mode.HOLDING, 0);

    /** What is let through. */
    public enum Mode {
        /** Everything. */
        OPEN,
        /** What runs may finish; nothing is begun. */
        DRAINING,
        /** Nothing: clients that have sent nothing yet are held. */
        HOLDING
    }

    /** Whether a byte may go now to a server tagged so. Compared anew before each dispatch. */
    public boolean permits(long serverSequence, long nowNanos) {
        return serverSequence == sequence && mode != Mode.HOLDING && nowNanos - leaseUntilNanos < 0;
    }

    /** Whether a transaction may begin now. */
    public boolean opens(long nowNanos) {
        return mode == Mode.OPEN && nowNanos - leaseUntilNanos < 0;
    }
}
