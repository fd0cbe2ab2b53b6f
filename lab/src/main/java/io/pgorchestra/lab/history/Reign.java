package io.pgorchestra.lab.history;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The time in which one node took writes on one timeline, by the node's own clock, from the first to the last write known. */
record Reign(int port, int timeline, long firstMicros, long lastMicros, long writes) {

    /** All reigns of a history, by their beginning. */
    static List<Reign> of(History history) {
        Map<List<Integer>, Reign> reigns = new HashMap<>();
        Map<Long, Stamp> stamps = new HashMap<>();
        for (Operation operation : history.operations()) {
            Stamp stamp = operation.stamp();
            if (stamp != null && operation.is(Operation.Kind.WRITE, Outcome.OK)) {
                stamps.put(operation.id(), stamp);
            }
        }
        // Writes of an unknown end that came through.
        history.stored().forEach(row -> stamps.put(row.id(), row.stamp()));
        for (Stamp stamp : stamps.values()) {
            Reign one = new Reign(stamp.port(), stamp.timeline(), stamp.clockMicros(), stamp.clockMicros(), 1);
            reigns.merge(List.of(stamp.port(), stamp.timeline()), one, Reign::and);
        }
        return reigns.values().stream()
                .sorted(Comparator.comparingLong(Reign::firstMicros))
                .toList();
    }

    private Reign and(Reign other) {
        return new Reign(
                port,
                timeline,
                Math.min(firstMicros, other.firstMicros),
                Math.max(lastMicros, other.lastMicros),
                writes + other.writes);
    }
}
