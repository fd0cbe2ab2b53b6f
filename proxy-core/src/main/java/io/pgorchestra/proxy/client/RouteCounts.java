package io.pgorchestra.proxy.client;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How often what clients began went to the primary, to a standby or to nobody, by the reason. Bound to the pool's loop. */
public final class RouteCounts {

    private final Map<String, Map<String, long[]>> byTarget = new HashMap<>();

    /** @param target {@code primary}, {@code standby} or {@code nobody} */
    void count(String target, String reason) {
        Map<String, long[]> reasons = byTarget.computeIfAbsent(target, missing -> new HashMap<>());
        long[] count = reasons.get(reason);
        if (count == null) {
            count = new long[1];
            reasons.put(reason, count);
        }
        count[0]++;
    }

    /** As it stands now: by target, then by reason. */
    public Map<String, Map<String, Long>> snapshot() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        byTarget.forEach((target, reasons) -> {
            Map<String, Long> counts = new TreeMap<>();
            reasons.forEach((reason, count) -> counts.put(reason, count[0]));
            copy.put(target, counts);
        });
        return copy;
    }
}
