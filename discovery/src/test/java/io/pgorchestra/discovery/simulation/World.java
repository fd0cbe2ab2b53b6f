package io.pgorchestra.discovery.simulation;

import java.time.Duration;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/** Time, chance and the network of one simulated run. */
final class World {

    static final long MILLI = Duration.ofMillis(1).toNanos();
    static final long SECOND = Duration.ofSeconds(1).toNanos();

    final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Set<String> cutLinks = new HashSet<>();
    /** No more faults. */
    boolean peace;

    private long now = SECOND;
    private long order;

    World(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Something that runs on its own and may stand still. */
    static class Host {
        long frozenUntil;
        boolean dead;
    }

    private record Event(long at, long order, Host host, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    long now() {
        return now;
    }

    void after(long nanos, Host host, Runnable task) {
        events.add(new Event(now + Math.max(0, nanos), order++, host, task));
    }

    /** Runs until that time. What would happen on a frozen host happens when it thaws, in nearly the same order; on a dead one never. */
    void runUntil(long until) {
        while (!events.isEmpty() && events.peek().at <= until) {
            Event event = events.poll();
            now = event.at;
            if (event.host.dead) {
                continue;
            }
            if (event.host.frozenUntil > now) {
                long thaw = event.host.frozenUntil + (random.nextInt(4) == 0 ? random.nextLong(MILLI) : 0);
                events.add(new Event(thaw, event.order, event.host, event.task));
                continue;
            }
            event.task.run();
        }
        now = until;
    }

    // ---- network ----

    void cutLink(String one, String other, long nanos, Host chaos) {
        cutLinks.add(link(one, other));
        after(nanos, chaos, () -> cutLinks.remove(link(one, other)));
    }

    void healLinks() {
        cutLinks.clear();
    }

    boolean isCut(String one, String other) {
        return !cutLinks.isEmpty() && cutLinks.contains(link(one, other));
    }

    /** A message on its way; lost if the link is cut now. Mostly quick. */
    void send(String from, String to, Host receiver, Runnable task) {
        if (!isCut(from, to)) {
            after(delay(), receiver, task);
        }
    }

    long delay() {
        int kind = random.nextInt(100);
        if (kind < 95) {
            return 100_000 + random.nextLong(2 * MILLI);
        }
        return kind < 99 ? random.nextLong(30 * MILLI) : random.nextLong(900 * MILLI);
    }

    private static String link(String one, String other) {
        return one.compareTo(other) < 0 ? one + "-" + other : other + "-" + one;
    }

    // ---- chance ----

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    long between(long low, long high) {
        return random.nextLong(low, high);
    }
}
