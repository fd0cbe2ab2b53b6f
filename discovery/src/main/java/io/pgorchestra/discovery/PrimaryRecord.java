package io.pgorchestra.discovery;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What our own znode says about the cluster. Replaced as a whole, by compare-and-set on its version, and only upward.
 *
 * <p>One number names one reign: a failover raises {@code epoch} once, with no primary, and publishes the new primary under that same
 * number. So whoever has fenced for the raise need not fence again for the new primary.
 *
 * @param epoch the token; grows by one with every reign
 * @param primary null while there is none: {@link Phase#FAILING_OVER} and {@link Phase#SWITCHING_OVER}
 * @param former in those two phases {@link Node#name} of the node whose reign was ended; null otherwise
 * @param target the node that is to become primary. In {@link Phase#FAILING_OVER} it has been told so or will be, and whoever conducts
 *     next has to reckon with that; before, it is an intention
 * @param systemIdentifier 0 if nobody has looked yet
 * @param timeline of the primary; while there is none, of the last reign
 * @param synchronous names: whatever was acknowledged has reached at least {@code quorum} of these nodes. Empty: nothing is promised
 * @param members all nodes, the primary among them
 */
public record PrimaryRecord(
        long epoch,
        Phase phase,
        @Nullable Node primary,
        @Nullable String former,
        @Nullable String target,
        long systemIdentifier,
        int timeline,
        List<String> synchronous,
        int quorum,
        List<Node> members) {
    public PrimaryRecord {
        synchronous = List.copyOf(synchronous);
        members = List.copyOf(members);
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: >= 1)");
        }
        if ((primary != null) != phase.hasPrimary()) {
            throw new IllegalArgumentException("primary in phase " + phase + ": " + primary + " (expected: "
                    + (phase.hasPrimary() ? "a node" : "none") + ")");
        }
        if (quorum < 0 || quorum > synchronous.size()) {
            throw new IllegalArgumentException(
                    "quorum: " + quorum + " (expected: 0 to " + synchronous.size() + ", the synchronous nodes)");
        }
    }

    /** How far a change of the primary has come. */
    public enum Phase {
        /** The primary serves. */
        SERVING,
        /** The primary serves, but nothing is begun on it any more: a switchover is coming. */
        DRAINING,
        /** The primary was lost or stopped, and the next one is not there yet. */
        FAILING_OVER,
        /** The primary is being stopped in order, and the next one is not there yet. */
        SWITCHING_OVER;

        boolean hasPrimary() {
            return this == SERVING || this == DRAINING;
        }
    }

    /** The next reign, without a primary so far. */
    public PrimaryRecord raised(Phase next, @Nullable String endedReignOf, @Nullable String nextTarget) {
        return new PrimaryRecord(
                epoch + 1,
                next,
                null,
                endedReignOf,
                nextTarget,
                systemIdentifier,
                timeline,
                synchronous,
                quorum,
                members);
    }

    /** The same reign in another phase, with or without a target. */
    public PrimaryRecord moved(Phase next, @Nullable String nextTarget) {
        return new PrimaryRecord(
                epoch, next, primary, former, nextTarget, systemIdentifier, timeline, synchronous, quorum, members);
    }

    /** This reign's primary serves. */
    public PrimaryRecord served(Node by, long system, int on, List<String> names, int needed) {
        return new PrimaryRecord(epoch, Phase.SERVING, by, null, null, system, on, names, needed, members);
    }

    public PrimaryRecord promising(List<String> names, int needed) {
        return new PrimaryRecord(
                epoch, phase, primary, former, target, systemIdentifier, timeline, names, needed, members);
    }

    /** The same reign, with other members or at other addresses; that of the primary is what it was. */
    public PrimaryRecord withMembers(List<Node> others) {
        return new PrimaryRecord(
                epoch, phase, primary, former, target, systemIdentifier, timeline, synchronous, quorum, others);
    }

    /** The next reign, of the same primary at another address. Who reaches it at the old one must be fenced, for it may be another node. */
    public PrimaryRecord resumed(Node elsewhere) {
        List<Node> moved = members.stream()
                .map(member -> member.name().equals(elsewhere.name()) ? elsewhere : member)
                .toList();
        return new PrimaryRecord(
                epoch + 1,
                Phase.SERVING,
                elsewhere,
                null,
                null,
                systemIdentifier,
                timeline,
                synchronous,
                quorum,
                moved);
    }

    /** What the authority that keeps this record says. */
    public View view(String authority) {
        Epoch now = new Epoch(new Incarnation(authority, systemIdentifier), epoch, primary == null ? 0 : timeline);
        return new View(now, primary, members, phase == Phase.DRAINING ? Set.of(View.Flag.DRAINING) : Set.of());
    }

    /** The member of that name, or null. */
    public @Nullable Node member(@Nullable String name) {
        for (Node node : members) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
