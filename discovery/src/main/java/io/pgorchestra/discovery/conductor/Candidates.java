package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.PrimaryRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Which standbys may become primary, best first.
 *
 * <p>Where something is promised, every acknowledged commit is on at least {@code quorum} of the n synchronous nodes. So any {@code n -
 * quorum + 1} of them have it among them, and the most advanced of those, for WAL has no gaps: fewer must not decide. Where nothing is
 * promised, all standbys are candidates, and the most advanced loses least.
 *
 * <p>A former primary that is a standby now has everything that was acknowledged, for it wrote it all; whoever has as much as it has too.
 * It must not be rebuilt from elsewhere while there is no primary.
 */
final class Candidates {

    private static final Comparator<NodeObservation> MOST_ADVANCED = Comparator.comparingInt(NodeObservation::timeline)
            .thenComparingLong(NodeObservation::lsn)
            .reversed();

    private Candidates() {}

    /**
     * {@code seen} by a look that began when nobody could write to the old primary any more. {@code lossless}: nobody at all, if nothing is
     * promised yet.
     */
    static List<NodeObservation> of(
            PrimaryRecord record, boolean lossless, List<NodeObservation> seen, Set<String> without) {
        boolean promised = lossless || record.quorum() > 0;
        Node primary = record.primary();
        NodeObservation former = Round.of(primary == null ? record.former() : primary.name(), seen);
        if (promised && former != null && isFit(record, former)) {
            return seen.stream()
                    .filter(node -> isFit(record, node) && MOST_ADVANCED.compare(node, former) <= 0)
                    .filter(node -> !without.contains(node.node()))
                    .sorted(MOST_ADVANCED)
                    .toList();
        }
        List<NodeObservation> fit = seen.stream()
                .filter(node -> isFit(record, node))
                .filter(node -> !promised || record.synchronous().contains(node.node()))
                .sorted(MOST_ADVANCED)
                .toList();
        if (!promised) {
            return fit.stream().filter(node -> !without.contains(node.node())).toList();
        }
        if (fit.size() < record.synchronous().size() - record.quorum() + 1) {
            return List.of();
        }
        NodeObservation best = fit.get(0);
        return fit.stream()
                .filter(node -> node.timeline() == best.timeline() && node.lsn() == best.lsn())
                .filter(node -> !without.contains(node.node()))
                .toList();
    }

    static boolean isFit(PrimaryRecord record, NodeObservation seen) {
        return seen.state() == NodeObservation.State.STANDBY
                && seen.timeline() >= record.timeline()
                && (record.systemIdentifier() == 0 || seen.systemIdentifier() == record.systemIdentifier());
    }
}
