package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to write when a node that takes writes is said to be primary.
 *
 * <p>A timeline number alone is not unique: two standbys cut off from each other both take the next one. So the same number for another node
 * needs an operator's word.
 */
final class PublishVerdict {

    private PublishVerdict() {}

    /**
     * The record to write; the present one if nothing is to be written.
     *
     * @throws PublishException if it must not be
     */
    static PrimaryRecord next(@Nullable PrimaryRecord present, Node node, NodeObservation seen, boolean force)
            throws PublishException {
        if (present == null) {
            return record(1, node, seen, List.of());
        }
        requireSameSystem(present, seen);
        if (seen.timeline() < present.timeline()) {
            throw new PublishException(node + " writes timeline " + seen.timeline() + " (expected: at least "
                    + present.timeline() + ", of epoch " + present.epoch() + "). It is an old primary that came back.");
        }
        if (isTheSame(present, node, seen)) {
            return present;
        }
        String last = lastPrimary(present);
        if (seen.timeline() == present.timeline() && !node.name().equals(last) && !force) {
            throw new PublishException(node + " writes timeline " + seen.timeline() + ", and so did " + last
                    + " in epoch " + present.epoch() + ": one of them was not promoted but started. "
                    + "Stop the wrong one, and if this is the right one, publish it with --force.");
        }
        // A reign that has begun with no primary gets it under its own number.
        long epoch = present.primary() == null ? present.epoch() : present.epoch() + 1;
        return record(epoch, node, seen, present.members());
    }

    private static void requireSameSystem(PrimaryRecord present, NodeObservation seen) throws PublishException {
        if (present.systemIdentifier() != 0 && present.systemIdentifier() != seen.systemIdentifier()) {
            throw new PublishException(seen.node() + " is of system " + seen.systemIdentifier() + " (expected: "
                    + present.systemIdentifier() + "). It belongs to another cluster.");
        }
    }

    private static boolean isTheSame(PrimaryRecord present, Node node, NodeObservation seen) {
        return node.equals(present.primary())
                && present.timeline() == seen.timeline()
                && present.systemIdentifier() == seen.systemIdentifier();
    }

    private static @Nullable String lastPrimary(PrimaryRecord present) {
        return present.primary() == null ? present.former() : present.primary().name();
    }

    private static PrimaryRecord record(long epoch, Node node, NodeObservation seen, List<Node> members) {
        List<Node> all = new ArrayList<>(members);
        all.removeIf(member -> member.name().equals(node.name()));
        all.add(node);
        return new PrimaryRecord(
                epoch, Phase.SERVING, node, null, null, seen.systemIdentifier(), seen.timeline(), List.of(), 0, all);
    }
}
