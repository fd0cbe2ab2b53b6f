package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The nodes to look at: those of the configuration, and all that the authority has ever named as members. One that it names no more stays:
 * with Patroni a member goes when its Patroni does, and just then its Postgres may be a stale primary. Where they differ about the address of a
 * node, the authority is right: what all processes say about a node must be about one server. Bound to one thread.
 */
final class WatchedNodes {

    /** Of nodes that come and go under ever new names, only the latest are kept. */
    static final int LIMIT = 64;

    private final Set<String> configured;
    private final Map<String, Node> byName = new LinkedHashMap<>();

    WatchedNodes(List<Node> configured) {
        configured.forEach(node -> byName.put(node.name(), node));
        this.configured = Set.copyOf(byName.keySet());
    }

    /** True if something has changed. */
    boolean named(List<Node> members) {
        boolean changed = false;
        for (Node member : members) {
            changed |= !member.equals(byName.put(member.name(), member));
        }
        if (byName.size() > LIMIT) {
            Set<String> present = members.stream().map(Node::name).collect(Collectors.toSet());
            byName.keySet().removeIf(name -> !present.contains(name) && !configured.contains(name));
        }
        return changed;
    }

    List<Node> all() {
        return new ArrayList<>(byName.values());
    }
}
