package io.pgorchestra.lab.up;

import io.pgorchestra.discovery.Node;
import java.util.List;

/**
 * Where the proxy finds the parts of the lab: over links where there are any, else directly.
 *
 * @param primary who is the primary when the lab starts; one of {@code nodes}
 * @param zookeeper a connect string
 */
record ClusterLayout(List<Node> nodes, Node primary, String zookeeper) {
    ClusterLayout {
        nodes = List.copyOf(nodes);
        if (!nodes.contains(primary)) {
            throw new IllegalArgumentException("primary: " + primary + " (expected: one of " + nodes + ")");
        }
    }
}
