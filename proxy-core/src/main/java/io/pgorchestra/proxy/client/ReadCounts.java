package io.pgorchestra.proxy.client;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How often what happened to one pool's sessions, by the reason. Bound to the pool's loop. */
public final class ReadCounts {

    private final Map<ReadEvent, Map<String, long[]>> byEvent = new EnumMap<>(ReadEvent.class);

    void count(ReadEvent event, String reason) {
        Map<String, long[]> reasons = byEvent.computeIfAbsent(event, missing -> new HashMap<>());
        long[] count = reasons.get(reason);
        if (count == null) {
            count = new long[1];
            reasons.put(reason, count);
        }
        count[0]++;
    }

    /** As it stands now. */
    public Map<ReadEvent, Map<String, Long>> snapshot() {
        Map<ReadEvent, Map<String, Long>> copy = new EnumMap<>(ReadEvent.class);
        byEvent.forEach((event, reasons) -> {
            Map<String, Long> counts = new TreeMap<>();
            reasons.forEach((reason, count) -> counts.put(reason, count[0]));
            copy.put(event, counts);
        });
        return copy;
    }
}
