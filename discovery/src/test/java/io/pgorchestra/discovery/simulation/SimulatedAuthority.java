package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.View;
import io.pgorchestra.discovery.conductor.ConductorAuthority.Versioned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A linearizable store with sessions, as an {@code Authority} must make of ZooKeeper: reports that vanish, a view, and a record. */
final class SimulatedAuthority extends World.Host {

    static final String NAME = "authority";
    private static final long SESSION_NANOS = 6 * World.SECOND;

    private record Dated(long at, View view) {}

    private final World world;
    private final Mutant mutant;
    private final Map<Long, Session> sessions = new TreeMap<>();
    private final Deque<Dated> views = new ArrayDeque<>();
    private long lastSession;
    private @Nullable PrimaryRecord record;
    private int version = Versioned.NONE;
    BiConsumer<@Nullable PrimaryRecord, PrimaryRecord> onRecord = (before, now) -> {};

    private static final class Session {
        final SimulatedProxy proxy;

        @Nullable
        ProxyReport report;

        long touched;

        Session(SimulatedProxy proxy) {
            this.proxy = proxy;
        }
    }

    SimulatedAuthority(World world, Mutant mutant, View first) {
        this.world = world;
        this.mutant = mutant;
        publish(first);
    }

    View view() {
        return views.getLast().view;
    }

    void publish(View view) {
        views.addLast(new Dated(world.now(), view));
        if (views.size() > 100) {
            views.removeFirst();
        }
        sessions.values().stream().filter(session -> world.chance(80)).forEach(this::hint);
    }

    private void hint(Session session) {
        SimulatedProxy proxy = session.proxy;
        world.send(NAME, proxy.host, proxy, () -> proxy.input(proxy.fence::suspect));
    }

    long newSession(SimulatedProxy proxy) {
        Session session = new Session(proxy);
        long id = ++lastSession;
        sessions.put(id, session);
        touch(id, session);
        return id;
    }

    void close(long session) {
        sessions.remove(session);
    }

    // ---- the record, for conductors ----

    Versioned record() {
        return new Versioned(version, record);
    }

    boolean compareAndSet(long session, int expected, PrimaryRecord next) {
        Session asking = sessions.get(session);
        if (asking == null || expected != version) {
            return false;
        }
        touch(session, asking);
        onRecord.accept(record, next);
        version++;
        record = next;
        publish(next.view("1"));
        return true;
    }

    boolean isOldest(long session) {
        return !sessions.isEmpty() && sessions.keySet().iterator().next() == session;
    }

    // ---- confirmations ----

    /** Write the report, then read the view, then the peers; a null answer if the session is over. */
    void confirm(long id, ProxyReport report, BiConsumer<@Nullable Confirmation, Long> answer) {
        Session session = sessions.get(id);
        if (session == null || (session.report != null && session.report.serial() >= report.serial())) {
            answer.accept(null, id);
            return;
        }
        touch(id, session);
        session.report = report;
        world.after(world.delay() / 10, this, () -> {
            View view = mutant == Mutant.STALE_VIEWS ? stale() : view();
            world.after(world.delay() / 10, this, () -> answer.accept(new Confirmation(view, peers(id)), id));
        });
    }

    List<ProxyReport> peers(long besides) {
        List<ProxyReport> peers = new ArrayList<>();
        sessions.forEach((id, session) -> {
            if (id != besides && session.report != null) {
                peers.add(session.report);
            }
        });
        return peers;
    }

    private void touch(long id, Session session) {
        session.touched = world.now();
        long timeout = mutant == Mutant.SHORT_SESSION
                ? World.SECOND
                : (long) (SESSION_NANOS * world.random.nextDouble(0.99, 1.01));
        world.after(timeout, this, () -> {
            if (world.now() - session.touched >= timeout) {
                sessions.remove(id);
            }
        });
    }

    private View stale() {
        long asOf = world.now() - world.between(0, 8 * World.SECOND);
        View found = views.getFirst().view;
        for (Dated dated : views) {
            if (dated.at <= asOf) {
                found = dated.view;
            }
        }
        return found;
    }
}
