package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the nodes of a configuration are, and what of that belongs into a record that says otherwise, or does not know them. Pure.
 *
 * <p>The word of a configuration is not enough, for it may be older than the record: a node must answer there, and be of this cluster. For
 * the primary that is still not enough. What answers there must be the same reign, and nothing that was acknowledged may be missing; and it
 * gets an epoch of its own, as if it were another node, which it may be as far as others can tell who still write to the old address.
 */
final class Addresses {

    private final List<Node> configured;

    Addresses(List<Node> configured) {
        this.configured = List.copyOf(configured);
    }

    /** Those that the record knows at another address, or not at all. */
    List<Node> elsewhere(PrimaryRecord record) {
        return configured.stream()
                .filter(node -> !node.equals(record.member(node.name())))
                .toList();
    }

    /** Where the primary is by the configuration, if not where the record says; else null. */
    @Nullable
    Node primaryElsewhere(PrimaryRecord record) {
        Node primary = record.primary();
        Node found = primary == null ? null : find(primary.name());
        return found == null || found.equals(primary) ? null : found;
    }

    private @Nullable Node find(String name) {
        return configured.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The record with the right addresses of all but the primary; the same one if nothing is known better. */
    PrimaryRecord corrected(PrimaryRecord record, Map<Node, NodeObservation> seen) {
        Node primary = record.primary();
        List<Node> members = new ArrayList<>();
        for (Node member : record.members()) {
            Node right = member.equals(primary) ? member : right(record, member, seen);
            if (right != null) {
                members.add(right);
            }
        }
        for (Node node : configured) {
            boolean isPrimary = primary != null && primary.address().equals(node.address());
            if (record.member(node.name()) == null && !isPrimary && answers(record, seen.get(node), seen)) {
                members.add(node);
            }
        }
        return members.equals(record.members()) ? record : record.withMembers(members);
    }

    /** Null if it is nowhere, because another node is where it was. */
    private @Nullable Node right(PrimaryRecord record, Node member, Map<Node, NodeObservation> seen) {
        Node found = find(member.name());
        if (member.equals(found)) {
            return member;
        }
        boolean displaced = configured.stream()
                .anyMatch(node ->
                        !node.name().equals(member.name()) && node.address().equals(member.address()));
        return displaced || (found != null && answers(record, seen.get(found), seen)) ? found : member;
    }

    /** Whether a node of this cluster is there; one that takes writes on the present timeline must not lack anything. */
    private static boolean answers(
            PrimaryRecord record, @Nullable NodeObservation there, Map<Node, NodeObservation> seen) {
        return there != null
                && switch (there.state()) {
                    case STANDBY -> isOfThisCluster(record, there);
                    case PRIMARY -> isOfThisCluster(record, there) && mostAdvanced(record, there, seen) == null;
                    case UNREACHABLE, NOT_ACCEPTING -> false;
                };
    }

    /** Why the primary is not to be followed to this address; null if it is. */
    @Nullable
    String refusal(PrimaryRecord record, Node to, Map<Node, NodeObservation> seen) {
        NodeObservation here = seen.get(Objects.requireNonNull(record.primary()));
        NodeObservation there = seen.get(to);
        if (there == null || there.state() != State.PRIMARY) {
            return to + " does not take writes";
        }
        if (!isOfThisCluster(record, there) || there.timeline() != record.timeline()) {
            return to + " is of system " + there.systemIdentifier() + " and writes timeline " + there.timeline()
                    + " (expected: " + record.systemIdentifier() + " and " + record.timeline() + ")";
        }
        if (here != null && isSameServer(here, there)) {
            return null;
        }
        if (here != null && (here.state() == State.PRIMARY || here.state() == State.NOT_ACCEPTING)) {
            return to + " takes writes, and so does or may another one at the published address " + record.primary();
        }
        NodeObservation ahead = mostAdvanced(record, there, seen);
        return ahead == null ? null : to + " takes writes, and lacks what " + ahead.node() + " has";
    }

    /** A standby that has more of the present timeline than this primary; null if there is none. */
    private static @Nullable NodeObservation mostAdvanced(
            PrimaryRecord record, NodeObservation primary, Map<Node, NodeObservation> seen) {
        return seen.values().stream()
                .filter(node -> Candidates.isFit(record, node)
                        && node.timeline() == record.timeline()
                        && primary.timeline() == record.timeline()
                        && node.lsn() > primary.lsn())
                .findFirst()
                .orElse(null);
    }

    /** Whether two looks were at one server, under two names or addresses: none starts in the same microsecond as another. */
    static boolean isSameServer(NodeObservation one, NodeObservation other) {
        return one.state() == other.state()
                && one.systemIdentifier() == other.systemIdentifier()
                && one.postmasterStartMicros() == other.postmasterStartMicros();
    }

    private static boolean isOfThisCluster(PrimaryRecord record, NodeObservation seen) {
        return record.systemIdentifier() == 0 || record.systemIdentifier() == seen.systemIdentifier();
    }
}
