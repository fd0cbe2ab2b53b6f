package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.View;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep over all nodes says about the primary.
 *
 * <table>
 *   <caption>By the number of nodes that take writes</caption>
 *   <tr><td>one</td><td>it is the primary, unless the last one was another on the same timeline: then one of them was not promoted but
 *       started, and both may be up</td></tr>
 *   <tr><td>more</td><td>no primary, and {@link View.Flag#SPLIT_BRAIN}</td></tr>
 *   <tr><td>none, all seen</td><td>no primary</td></tr>
 *   <tr><td>none, not all seen</td><td>nothing is known: an exception. A look that came too late must not end a reign</td></tr>
 * </table>
 */
final class StaticVerdict {

    private long lastToken;
    private int lastTimeline;
    private long lastSystemIdentifier;
    private @Nullable Node lastPrimary;

    /** {@code trouble} says why a node of that name was not seen. */
    synchronized View view(List<Node> nodes, List<NodeObservation> seen, UnaryOperator<String> trouble) {
        List<NodeObservation> writable =
                seen.stream().filter(each -> each.state() == State.PRIMARY).toList();
        if (writable.isEmpty()) {
            requireAllSeen(seen, trouble);
            // A primary unseen by us, and gone again, has left its timeline with those that followed it.
            seen.forEach(each -> lastToken = Math.max(lastToken, each.timeline()));
            return view(null, nodes, Set.of());
        }
        if (writable.size() > 1) {
            return view(null, nodes, Set.of(View.Flag.SPLIT_BRAIN));
        }
        NodeObservation only = writable.get(0);
        Node primary = nodes.stream()
                .filter(node -> node.name().equals(only.node()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the nodes were replaced meanwhile"));
        if (lastPrimary != null && !lastPrimary.equals(primary) && only.timeline() == lastTimeline) {
            return view(null, nodes, Set.of(View.Flag.SPLIT_BRAIN));
        }
        lastPrimary = primary;
        lastTimeline = only.timeline();
        lastToken = only.timeline();
        lastSystemIdentifier = only.systemIdentifier();
        return view(primary, nodes, Set.of());
    }

    private View view(@Nullable Node primary, List<Node> nodes, Set<View.Flag> flags) {
        Incarnation incarnation = new Incarnation("", lastSystemIdentifier);
        return new View(new Epoch(incarnation, lastToken, primary == null ? 0 : lastTimeline), primary, nodes, flags);
    }

    private static void requireAllSeen(List<NodeObservation> seen, UnaryOperator<String> trouble) {
        String unseen = seen.stream()
                .filter(each -> each.state() != State.STANDBY)
                .map(each -> each.node() + " (" + trouble.apply(each.node()) + ")")
                .collect(Collectors.joining(", "));
        if (!unseen.isEmpty()) {
            throw new AuthorityException("no node takes writes, and these were not seen: " + unseen);
        }
    }
}
