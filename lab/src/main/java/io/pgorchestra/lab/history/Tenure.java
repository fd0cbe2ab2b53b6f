package io.pgorchestra.lab.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The time in which clients saw their writes acknowledged by one node on one timeline, by the clients' clock. What {@link Reign} is by the
 * nodes' clocks.
 */
record Tenure(int port, int timeline, long firstNanos, long lastNanos) {

    /** All of a history, in the order in which they began. */
    static List<Tenure> of(History history) {
        long begin = history.beginNanos();
        Map<List<Integer>, Tenure> tenures = new HashMap<>();
        history.of(Operation.Kind.WRITE).forEach(write -> {
            Stamp stamp = write.stamp();
            if (stamp != null) {
                long at = write.completedNanos();
                // In the order of their completion, so that a later one ends the tenure.
                tenures.merge(
                        List.of(stamp.port(), stamp.timeline()),
                        new Tenure(stamp.port(), stamp.timeline(), at, at),
                        (sofar, next) -> new Tenure(sofar.port, sofar.timeline, sofar.firstNanos, next.lastNanos));
            }
        });
        return tenures.values().stream()
                .sorted((one, other) -> Long.compare(one.firstNanos - begin, other.firstNanos - begin))
                .toList();
    }
}
