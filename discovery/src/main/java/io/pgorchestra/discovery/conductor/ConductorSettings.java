package io.pgorchestra.discovery.conductor;

import java.time.Duration;

/**
 * How patient a conductor is.
 *
 * @param primaryDeadAfter how long most processes must have been unable to reach the primary
 * @param primaryStartAfter how long a primary may say that it is starting up, or shutting down
 * @param failoverGap between two failovers, at least: a primary that comes and goes is not to be chased
 * @param drainTimeout how long a switchover waits for running transactions
 * @param patience with a node that was told something, before another way is tried
 * @param maxLagBytes of the target of a switchover
 * @param synchronousCount how many standbys a commit waits for, unless there are fewer
 */
public record ConductorSettings(
        Duration primaryDeadAfter,
        Duration primaryStartAfter,
        Duration failoverGap,
        Duration drainTimeout,
        Duration patience,
        long maxLagBytes,
        SynchronousMode synchronousMode,
        int synchronousCount) {

    public static final ConductorSettings DEFAULT = new ConductorSettings(
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            16 << 20,
            SynchronousMode.OFF,
            1);

    public ConductorSettings {
        if (synchronousCount < 1) {
            throw new IllegalArgumentException("synchronous count: " + synchronousCount + " (expected: >= 1)");
        }
    }

    public ConductorSettings withSynchronous(SynchronousMode mode, int count) {
        return new ConductorSettings(
                primaryDeadAfter, primaryStartAfter, failoverGap, drainTimeout, patience, maxLagBytes, mode, count);
    }

    public ConductorSettings withFailoverGap(Duration gap) {
        return new ConductorSettings(
                primaryDeadAfter,
                primaryStartAfter,
                gap,
                drainTimeout,
                patience,
                maxLagBytes,
                synchronousMode,
                synchronousCount);
    }
}
