package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.PrimaryRecord;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conductor: the record as it was read or last written, and when. Everything is derived from it anew in each turn, so that
 * a conductor may stop anywhere and another one go on.
 *
 * @param provenNanos when the question was sent whose answer proved that this is the record
 */
record Round(int version, PrimaryRecord record, long provenNanos) {

    static @Nullable NodeObservation of(@Nullable String node, List<NodeObservation> seen) {
        return seen.stream()
                .filter(observation -> observation.node().equals(node))
                .findFirst()
                .orElse(null);
    }

    Node primary() {
        return Objects.requireNonNull(record.primary());
    }

    /** Null if it is no member any more. */
    @Nullable
    Node former() {
        return record.member(record.former());
    }

    @Nullable
    Node target() {
        return record.member(record.target());
    }
}
