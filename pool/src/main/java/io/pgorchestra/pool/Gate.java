package io.pgorchestra.pool;

/**
 * Whether servers may be leased and opened at this moment: shut while no primary is known, or none may be trusted. Asked anew before each
 * lease, since it may shut by the mere passing of time.
 */
@FunctionalInterface
public interface Gate {

    /** Of a pool whose servers nobody fences. */
    Gate ALWAYS_OPEN = nowNanos -> true;

    /**
     * Whether it is open now.
     *
     * @param nowNanos the time on the pool's clock
     */
    boolean open(long nowNanos);

    /**
     * Whether another node may take the place of one that does not answer. Then clients who wait for it are held as behind a shut gate.
     */
    default boolean mayMove() {
        return false;
    }
}
