package io.pgorchestra.lab.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * FENCE: no two nodes took writes in overlapping times, each primary's timeline is above its predecessor's, and no timeline was written by
 * two nodes.
 */
public final class FenceCheck implements HistoryCheck {

    @Override
    public Verdict check(History history) {
        List<Reign> reigns = Reign.of(history);
        List<String> findings = new ArrayList<>();
        for (int i = 0; i < reigns.size(); i++) {
            for (int j = i + 1; j < reigns.size(); j++) {
                compare(history, reigns.get(i), reigns.get(j), findings);
            }
        }
        String figures = String.join(
                ", then ",
                reigns.stream()
                        .map(reign -> name(history, reign) + " (" + reign.writes() + " writes)")
                        .toList());
        return new Verdict("FENCE", findings, figures);
    }

    private static void compare(History history, Reign earlier, Reign later, List<String> findings) {
        String both = name(history, earlier) + " and " + name(history, later);
        long overlapMicros = Math.min(earlier.lastMicros(), later.lastMicros()) - later.firstMicros();
        if (overlapMicros >= 0) {
            findings.add(both + " both took writes for " + overlapMicros / 1_000 + " ms; acknowledged late, by proxy: "
                    + late(history, earlier, later));
        }
        if (later.timeline() == earlier.timeline()) {
            findings.add(both + " wrote the same timeline");
        } else if (later.timeline() < earlier.timeline()) {
            findings.add(both + ": the later one's timeline is the older");
        }
    }

    /** How many clients were told that the earlier one took their write when it should not have, by proxy. */
    private static Map<String, Long> late(History history, Reign earlier, Reign later) {
        return history.of(Operation.Kind.WRITE)
                .filter(write -> isOf(write.stamp(), earlier) && isAfter(write.stamp(), later.firstMicros()))
                .collect(Collectors.groupingBy(Operation::proxy, TreeMap::new, Collectors.counting()));
    }

    private static boolean isOf(@Nullable Stamp stamp, Reign reign) {
        return stamp != null && stamp.port() == reign.port() && stamp.timeline() == reign.timeline();
    }

    private static boolean isAfter(@Nullable Stamp stamp, long micros) {
        return stamp != null && stamp.clockMicros() >= micros;
    }

    private static String name(History history, Reign reign) {
        return history.nodeName(reign.port()) + "/" + reign.timeline();
    }
}
