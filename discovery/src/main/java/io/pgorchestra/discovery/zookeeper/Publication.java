package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.Node;
import java.time.Duration;

/**
 * The word of a failover tool that a node is primary now.
 *
 * @param force take it though another node has been primary on the same timeline
 * @param patience for how long to go on trying while ZooKeeper or the node do not answer, or the node is not yet promoted; tools run their
 *     hooks once
 */
public record Publication(Node node, boolean force, Duration patience) {

    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

    public Publication {
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: >= 0)");
        }
    }
}
