package io.pgorchestra.lab.history;

import java.time.Duration;
import java.util.List;

/**
 * What the clients of a workload do.
 *
 * @param writers clients that write one row in a statement of its own
 * @param transactionWriters clients that write one row between BEGIN and COMMIT
 * @param readers clients that ask the server who it is
 * @param pause of each client between two operations
 * @param patience after which a client gives an answer up, and its connection with it
 */
public record WorkloadOptions(
        List<Target> targets, int writers, int transactionWriters, int readers, Duration pause, Duration patience) {

    /** A way to the cluster: a proxy, by a name for the history, and its JDBC URL with user and password. Clients take them in turn. */
    public record Target(String proxy, String jdbcUrl) {}

    public WorkloadOptions {
        targets = List.copyOf(targets);
        if (targets.isEmpty() || Math.min(writers, Math.min(transactionWriters, readers)) < 0) {
            throw new IllegalArgumentException("targets: " + targets + ", clients: " + writers + ", "
                    + transactionWriters + ", " + readers + " (expected: a target, and no number below 0)");
        }
    }

    /** Some of each kind, gentle to a small machine. */
    public static WorkloadOptions of(List<Target> targets) {
        return new WorkloadOptions(targets, 4, 4, 4, Duration.ofMillis(5), Duration.ofSeconds(60));
    }

    /** As few of each kind as there can be, for where others load the machine. */
    public WorkloadOptions gentle() {
        return new WorkloadOptions(targets, targets.size(), targets.size(), 1, Duration.ofMillis(20), patience);
    }
}
