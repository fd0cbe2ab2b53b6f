package io.pgorchestra.discovery;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where the timelines ended from which a primary's own descends: what is beyond on them is not part of it.
 *
 * @param timeline the primary's; 0 if nothing is known
 * @param ends position in bytes by timeline
 */
public record TimelineHistory(int timeline, Map<Integer, Long> ends) {

    public static final TimelineHistory UNKNOWN = new TimelineHistory(0, Map.of());

    public TimelineHistory {
        ends = Map.copyOf(ends);
    }

    /**
     * What a timeline's history file says: a line for each ancestor, of its number, its last position and a reason. Fails with an {@link
     * IllegalArgumentException} if it says something else.
     */
    public static TimelineHistory parse(int timeline, String file) {
        Map<Integer, Long> ends = new TreeMap<>();
        for (String line : file.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+", 3);
            if (words.length < 2) {
                throw new IllegalArgumentException(
                        "history of timeline " + timeline + ": \"" + line + "\" (expected: a timeline and an LSN)");
            }
            ends.put(Integer.parseInt(words[0]), Lsn.parse(words[1]));
        }
        return new TimelineHistory(timeline, ends);
    }

    /** The name of its file in {@code pg_wal}. */
    public static String fileName(int timeline) {
        return "%08X.history".formatted(timeline);
    }
}
