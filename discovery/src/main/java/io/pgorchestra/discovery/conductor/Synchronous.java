package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.PrimaryRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which standbys a commit shall wait for, and in which order to get there. Bound to its conductor's thread.
 *
 * <p>The record promises: whatever was acknowledged is on at least k of S. The primary makes it true: it waits for j of T. The promise
 * holds as long as T lies in S and j is not below k. To get from one pair to another:
 * <ol>
 *   <li>the record first, to the union of the old S and the new T, with the smaller of both numbers: this is true under the old setting
 *       and under the new one, so trust is added in the record first;
 *   <li>then the primary, to the new T;
 *   <li>then wait until j of T have received everything up to where the primary stood after that: what was acknowledged for the sake of
 *       the old ones is then on the new ones too;
 *   <li>then the record, to T and j: trust is removed there last.
 * </ol>
 * A primary just promoted is the only node known to have everything. So S is the primary itself at first, and until it has brought others
 * up to it nobody can take over from it.
 */
final class Synchronous {

    /** A standby may lose its stream for so long without being left out. */
    private static final long GRACE_NANOS = Duration.ofSeconds(3).toNanos();

    private final ConductorSettings settings;
    private final Map<String, Long> streamedNanos = new HashMap<>();
    private @Nullable Applied applied;

    /** Names and how many of them. */
    record Rule(List<String> names, int quorum) {

        boolean isThat(PrimaryRecord record) {
            return quorum == record.quorum() && Set.copyOf(names).equals(Set.copyOf(record.synchronous()));
        }
    }

    /** In force on that primary, and where it stood just after. */
    private record Applied(long epoch, Rule rule, long lsn) {}

    Synchronous(ConductorSettings settings) {
        this.settings = settings;
    }

    void forget() {
        applied = null;
    }

    /** For a primary that is about to be promoted: all others. */
    Rule initial(PrimaryRecord record, Node primary) {
        List<String> others = record.members().stream()
                .map(Node::name)
                .filter(name -> !name.equals(primary.name()))
                .toList();
        return new Rule(others, Math.min(settings.synchronousCount(), others.size()));
    }

    boolean isOff() {
        return settings.synchronousMode() == SynchronousMode.OFF;
    }

    /** What is to be reached; null to leave everything as it is. */
    @Nullable
    Rule wanted(PrimaryRecord record, List<NodeObservation> seen, long nowNanos) {
        if (isOff()) {
            return new Rule(List.of(), 0);
        }
        Node primary = Objects.requireNonNull(record.primary());
        List<NodeObservation> streaming = seen.stream()
                .filter(node -> Candidates.isFit(record, node))
                .filter(node -> node.upstream().equals(primary.address()) && node.timeline() == record.timeline())
                .sorted(Comparator.comparingLong(NodeObservation::lsn).reversed())
                .toList();
        streaming.forEach(node -> streamedNanos.put(node.node(), nowNanos));
        Set<String> names = new LinkedHashSet<>();
        for (String name : record.synchronous()) {
            Long last = streamedNanos.get(name);
            if (last != null && nowNanos - last < GRACE_NANOS && !name.equals(primary.name())) {
                names.add(name);
            }
        }
        streaming.forEach(node -> names.add(node.node()));
        if (names.isEmpty()) {
            return null;
        }
        boolean all = settings.synchronousMode() == SynchronousMode.QUORUM;
        List<String> chosen = names.stream()
                .limit(all ? names.size() : settings.synchronousCount())
                .toList();
        return new Rule(chosen, Math.min(settings.synchronousCount(), chosen.size()));
    }

    /** Whether record and primary say so already. */
    boolean isReached(PrimaryRecord record, Rule wanted) {
        return wanted.isThat(record) && isApplied(record, wanted);
    }

    boolean isApplied(PrimaryRecord record, Rule wanted) {
        Applied last = applied;
        return last != null
                && last.epoch == record.epoch()
                && last.rule.quorum == wanted.quorum
                && Set.copyOf(last.rule.names).equals(Set.copyOf(wanted.names));
    }

    /** The record that is true before and after the primary is told. */
    PrimaryRecord between(PrimaryRecord record, Rule wanted) {
        Set<String> union = new LinkedHashSet<>(record.synchronous());
        union.addAll(wanted.names);
        return record.promising(new ArrayList<>(union), Math.min(record.quorum(), wanted.quorum));
    }

    void applied(PrimaryRecord record, Rule rule, long lsn) {
        applied = new Applied(record.epoch(), rule, lsn);
    }

    /** Whether enough of the new ones have what was acknowledged for the sake of the old ones. */
    boolean hasCaughtUp(PrimaryRecord record, Rule wanted, List<NodeObservation> seen) {
        Applied last = applied;
        return last != null
                && seen.stream()
                                .filter(node -> wanted.names.contains(node.node()))
                                .filter(node -> Candidates.isFit(record, node) && node.timeline() == record.timeline())
                                .filter(node -> node.lsn() >= last.lsn)
                                .count()
                        >= wanted.quorum;
    }
}
