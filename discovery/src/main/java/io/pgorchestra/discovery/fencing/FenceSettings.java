package io.pgorchestra.discovery.fencing;

import java.time.Duration;

/**
 * Times that the fencing protocol rests on. The same in all processes of a cluster.
 *
 * @param lease how long a process may go on after its last confirmation
 * @param sessionTimeout the shortest time after which the authority takes a silent process for gone, as it granted it
 * @param confirmEvery while all is well
 * @param hurriedConfirmEvery while it is not
 * @param onDiscoveryLoss what becomes of writes when the authority is silent
 * @param serveMax with {@link OnDiscoveryLoss#SERVE}, in place of the lease
 */
public record FenceSettings(
        Duration lease,
        Duration sessionTimeout,
        Duration confirmEvery,
        Duration hurriedConfirmEvery,
        OnDiscoveryLoss onDiscoveryLoss,
        Duration serveMax) {

    /** A lease of 4 s under a session of 6 s. */
    public static final FenceSettings DEFAULT = new FenceSettings(
            Duration.ofSeconds(4),
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            Duration.ofMillis(250),
            OnDiscoveryLoss.HOLD,
            Duration.ofSeconds(60));

    /** For how long the word of the nodes counts, from the moment they were asked. */
    static final long WITNESS_LEASE_NANOS = Duration.ofSeconds(1).toNanos();

    public FenceSettings {
        if (confirmEvery.compareTo(lease) >= 0 || hurriedConfirmEvery.compareTo(confirmEvery) > 0) {
            throw new IllegalArgumentException("confirmations every " + confirmEvery + ", hurried "
                    + hurriedConfirmEvery + " (expected: less than the lease of " + lease + ", hurried not slower)");
        }
        if (lease.toMillis() < 1) {
            throw new IllegalArgumentException("lease: " + lease + " (expected: at least 1 ms)");
        }
        if (outlasting(lease.toNanos()) >= sessionTimeout.toNanos()) {
            throw new IllegalArgumentException("lease: " + lease + " (expected: less than the session timeout of "
                    + sessionTimeout + ", by more than 2 % for unequal clocks)");
        }
        if (onDiscoveryLoss == OnDiscoveryLoss.SERVE && serveMax.compareTo(lease) < 0) {
            throw new IllegalArgumentException(
                    "serve for at most: " + serveMax + " (expected: at least the lease of " + lease + ")");
        }
    }

    public FenceSettings withPolicy(OnDiscoveryLoss policy, Duration serveMax) {
        return new FenceSettings(lease, sessionTimeout, confirmEvery, hurriedConfirmEvery, policy, serveMax);
    }

    /** How long this process goes on after its last confirmation, at most. */
    long leaseNanos() {
        return onDiscoveryLoss == OnDiscoveryLoss.SERVE ? serveMax.toNanos() : lease.toNanos();
    }

    /** A time that on this clock is not shorter than the given one on another, when each runs up to 1 % too fast or too slow. */
    static long outlasting(long nanosElsewhere) {
        return nanosElsewhere / 99 * 101 + 101;
    }
}
