package io.pgorchestra.lab.reads;

import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** What became of the writes to one key, whose values only grow. Written by the session that owns the key, read by all. */
final class KeyLog {

    private final NavigableSet<Long> acknowledged = new ConcurrentSkipListSet<>();
    private final NavigableSet<Long> unknown = new ConcurrentSkipListSet<>();

    void acknowledged(long value) {
        acknowledged.add(value);
    }

    /** Nobody told whether it was written. */
    void unknown(long value) {
        unknown.add(value);
    }

    /** Whether a read may show it at all; 0 stands for no row. */
    boolean mayShow(long value) {
        return value == 0 || acknowledged.contains(value) || unknown.contains(value);
    }

    /** Values that were acknowledged, above the first and up to the second. */
    NavigableSet<Long> acknowledgedBetween(long above, long upTo) {
        return acknowledged.subSet(above, false, Math.max(above, upTo), true);
    }
}
