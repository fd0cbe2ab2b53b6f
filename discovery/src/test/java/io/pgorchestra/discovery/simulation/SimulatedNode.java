package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Postgres node: what it has written, whom it streams from, whether it takes writes. */
final class SimulatedNode extends World.Host {

    static final long SYSTEM = 4711;

    /** Where it is now. */
    Node node;

    private final World world;
    private final SimulatedNodes all;

    final List<Long> log = new ArrayList<>();
    boolean up = true;
    boolean recovery;
    boolean readOnly;
    /** It says no to whoever wants to promote it. */
    boolean refusesPromotion;
    /** It says yes, and nothing comes of it. */
    boolean hangsInPromotion;
    /** Until then it receives less than is written. */
    long slowUntil;

    int timeline = 1;
    long start;

    @Nullable
    String upstream;

    List<String> synchronous = List.of();
    int quorum;

    /** What standbys have told this primary to have received. */
    private final Map<String, Integer> received = new HashMap<>();

    private final List<Waiting> waiting = new ArrayList<>();

    private record Waiting(int position, Runnable acknowledge) {}

    SimulatedNode(World world, String name, int port, SimulatedNodes all) {
        this.world = world;
        this.all = all;
        node = new Node(name, "127.0.0.1", port);
        start = world.now();
    }

    String name() {
        return node.name();
    }

    /** As one sees it who takes it for that. */
    NodeObservation observation(String as) {
        if (!up) {
            return NodeObservation.unreachable(as);
        }
        SimulatedNode from = all.find(upstream);
        String streamsFrom = from != null && streams() ? from.node.address() : "";
        NodeObservation.State state = recovery ? NodeObservation.State.STANDBY : NodeObservation.State.PRIMARY;
        return new NodeObservation(
                as, state, 0, SYSTEM, timeline, log.size(), log.size(), start, recovery ? streamsFrom : "");
    }

    /** Starts again as what it was, at another port. */
    void restartAt(int port) {
        node = new Node(name(), node.host(), port);
        restart();
    }

    void crash() {
        up = false;
        waiting.clear();
        received.clear();
    }

    /** Starts again as what it was. */
    void restart() {
        crash();
        up = true;
        start = world.now();
        if (recovery) {
            catchUp();
        }
    }

    /** Starts again as a standby of nobody. */
    void restartAsStandby() {
        recovery = true;
        upstream = null;
        restart();
    }

    /** In order: standbys that stream get everything before it is gone. */
    void shutDown() {
        for (SimulatedNode standby : all.values()) {
            if (standby != this && name().equals(standby.upstream)) {
                standby.catchUp(Integer.MAX_VALUE);
            }
        }
        crash();
    }

    void promote(int newTimeline) {
        if (up && recovery && !hangsInPromotion) {
            recovery = false;
            readOnly = false;
            timeline = newTimeline;
            upstream = null;
            received.clear();
        }
    }

    /** Stops, if it runs, and comes back as a standby of that one, rewound to what both have. */
    void follow(String other) {
        crash();
        up = true;
        start = world.now();
        recovery = true;
        readOnly = false;
        SimulatedNode from = all.find(other);
        if (from != null && !from.recovery && from.timeline <= timeline) {
            timeline = from.timeline;
            rewind(from);
        }
        repoint(other);
    }

    void repoint(String other) {
        upstream = other;
        catchUp();
    }

    /** A write arrives; acknowledged when enough standbys have it. */
    void write(long id, Runnable acknowledge) {
        if (readOnly) {
            return;
        }
        log.add(id);
        waiting.add(new Waiting(log.size(), acknowledge));
        release();
        for (SimulatedNode standby : all.values()) {
            if (standby != this && name().equals(standby.upstream)) {
                world.send(name(), standby.name(), standby, standby::catchUp);
            }
        }
    }

    void setSynchronous(List<String> names, int needed) {
        synchronous = List.copyOf(names);
        quorum = needed;
        release();
    }

    private boolean streams() {
        SimulatedNode from = all.find(upstream);
        return from != null
                && from.up
                && up
                && recovery
                && !world.isCut(name(), from.name())
                && from.timeline == timeline;
    }

    /** Takes over what the upstream has; follows it to a later timeline; a log that has parted from it is rewound. */
    void catchUp() {
        catchUp(world.now() < slowUntil && !world.peace ? world.random.nextInt(2) : Integer.MAX_VALUE);
    }

    private void catchUp(int atMost) {
        SimulatedNode from = all.find(upstream);
        if (from == null || !up || !recovery || !from.up || from.recovery || world.isCut(name(), from.name())) {
            return;
        }
        if (from.timeline < timeline) {
            return;
        }
        if (from.timeline > timeline) {
            timeline = from.timeline;
            rewind(from);
        }
        for (int i = 0; i < atMost && log.size() < from.log.size(); i++) {
            log.add(from.log.get(log.size()));
        }
        int position = log.size();
        long upstreamStart = from.start;
        world.send(name(), from.name(), from, () -> from.received(name(), position, upstreamStart));
    }

    private void rewind(SimulatedNode from) {
        int common = 0;
        while (common < log.size()
                && common < from.log.size()
                && log.get(common).equals(from.log.get(common))) {
            common++;
        }
        log.subList(common, log.size()).clear();
    }

    private void received(String standby, int position, long sinceStart) {
        if (up && !recovery && start == sinceStart) {
            received.merge(standby, position, Math::max);
            release();
        }
    }

    private void release() {
        List<Waiting> done = new ArrayList<>();
        waiting.removeIf(write -> {
            boolean enough = quorum == 0
                    || synchronous.stream()
                                    .filter(name -> received.getOrDefault(name, 0) >= write.position)
                                    .count()
                            >= quorum;
            return enough && done.add(write);
        });
        done.forEach(write -> write.acknowledge.run());
    }

    @Override
    public String toString() {
        return name() + (up ? "" : " down") + (recovery ? " standby of " + upstream : " primary") + " at " + timeline
                + "/" + log.size() + " since " + start;
    }
}
