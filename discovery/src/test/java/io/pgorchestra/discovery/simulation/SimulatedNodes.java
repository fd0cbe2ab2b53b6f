package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Node;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The nodes of a cluster, by name: n1 is the first primary, the others are its standbys. */
final class SimulatedNodes {

    private final Map<String, SimulatedNode> byName = new LinkedHashMap<>();

    SimulatedNodes(World world, int count) {
        for (int i = 1; i <= count; i++) {
            SimulatedNode node = new SimulatedNode(world, "n" + i, 5430 + i, this);
            byName.put(node.name(), node);
            if (i > 1) {
                node.recovery = true;
                node.upstream = "n1";
            }
        }
    }

    SimulatedNode get(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** Null for null. */
    @Nullable
    SimulatedNode find(@Nullable String name) {
        return byName.get(name);
    }

    /** Null if nobody is there. */
    @Nullable
    SimulatedNode at(Node place) {
        return byName.values().stream()
                .filter(node -> node.node.address().equals(place.address()))
                .findFirst()
                .orElse(null);
    }

    List<Node> places() {
        return byName.values().stream().map(node -> node.node).toList();
    }

    Collection<SimulatedNode> values() {
        return byName.values();
    }

    SimulatedNode any(World world) {
        return get("n" + (1 + world.random.nextInt(byName.size())));
    }

    @Override
    public String toString() {
        return byName.values().toString();
    }
}
