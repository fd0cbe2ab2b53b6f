package io.pgorchestra.lab.reads;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Where all sessions write down what they did and saw. For all threads. */
final class ReadBoard {

    private final Map<Integer, KeyLog> keys = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable Posted> posted;
    private final Queue<OddRead> odd = new ConcurrentLinkedQueue<>();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final Map<String, String> firstErrors = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> byPlace = new ConcurrentHashMap<>();
    private final AtomicInteger lostConnections = new AtomicInteger();
    private final LongAdder reads = new LongAdder();
    private final LongAdder readsOnStandbys = new LongAdder();
    private final LongAdder readsByToken = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final AtomicReference<Wait> longestRead = new AtomicReference<>(new Wait("no read", 0, 0));
    private final AtomicLong lastReadNanos = new AtomicLong(System.nanoTime());
    private final AtomicReference<Wait> longestGap = new AtomicReference<>(new Wait("all reads", 0, 0));

    /** What one session wrote, for another that comes with its token. */
    record Posted(int key, long value, String token, long atNanos) {}

    /** Somebody waited for an answer. */
    record Wait(String whose, long endedNanos, long nanos) {
        private Wait longer(Wait other) {
            return other.nanos > nanos ? other : this;
        }
    }

    ReadBoard(int sessions) {
        posted = new AtomicReferenceArray<>(sessions);
    }

    KeyLog log(int key) {
        return keys.computeIfAbsent(key, missing -> new KeyLog());
    }

    void post(int session, Posted what) {
        posted.set(session, what);
    }

    /** The last that this session posted; null if it has not yet. */
    @Nullable
    Posted posted(int session) {
        return posted.get(session);
    }

    int sessions() {
        return posted.length();
    }

    void wrote() {
        writes.increment();
    }

    void read(ReadKind kind, int session, int place, long invokedNanos) {
        long now = System.nanoTime();
        reads.increment();
        if (place > 0) {
            readsOnStandbys.increment();
        }
        if (kind == ReadKind.READ_BY_TOKEN) {
            readsByToken.increment();
        }
        byPlace.computeIfAbsent(place, missing -> new LongAdder()).increment();
        longestRead.accumulateAndGet(
                new Wait(kind + " by session " + session + " at " + place, now, now - invokedNanos), Wait::longer);
        long last = lastReadNanos.getAndAccumulate(now, Math::max);
        longestGap.accumulateAndGet(new Wait("all reads", now, now - last), Wait::longer);
    }

    void odd(OddRead read) {
        odd.add(read);
    }

    void error(ReadKind kind, int session, SQLException error) {
        String sqlState = Objects.requireNonNullElse(error.getSQLState(), "");
        firstErrors.putIfAbsent(kind + " " + sqlState, "session " + session + ": " + error.getMessage());
        errors.computeIfAbsent(kind + " " + sqlState, missing -> new LongAdder())
                .increment();
    }

    void connectionLost() {
        lostConnections.incrementAndGet();
    }

    long reads() {
        return reads.sum();
    }

    long readsOnStandbys() {
        return readsOnStandbys.sum();
    }

    long readsBehind() {
        return odd.stream().filter(read -> read.value() < read.known()).count();
    }

    ReadHistory history(Map<Integer, Set<Long>> stored) {
        Map<String, Long> errorCounts = new TreeMap<>();
        errors.forEach((what, count) -> errorCounts.put(what, count.sum()));
        Map<Integer, Long> placeCounts = new TreeMap<>();
        byPlace.forEach((place, count) -> placeCounts.put(place, count.sum()));
        List<OddRead> stale = new ArrayList<>();
        List<OddRead> phantoms = new ArrayList<>();
        for (OddRead read : odd) {
            KeyLog log = log(read.key());
            Set<Long> present = stored.getOrDefault(read.key(), Set.of());
            // What a failover has lost, nobody need see.
            if (log.acknowledgedBetween(read.value(), read.known()).stream().anyMatch(present::contains)) {
                stale.add(read);
            }
            if (!log.mayShow(read.value())) {
                phantoms.add(read);
            }
        }
        return new ReadHistory(
                reads.sum(),
                readsOnStandbys.sum(),
                readsByToken.sum(),
                writes.sum(),
                placeCounts,
                stale,
                phantoms,
                errorCounts,
                Map.copyOf(firstErrors),
                lostConnections.get(),
                Objects.requireNonNull(longestRead.get()),
                Objects.requireNonNull(longestGap.get()));
    }
}
