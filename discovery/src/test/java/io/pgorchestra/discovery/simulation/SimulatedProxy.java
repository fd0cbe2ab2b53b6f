package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.fencing.EpochStore;
import io.pgorchestra.discovery.fencing.Fence;
import io.pgorchestra.discovery.fencing.FenceEvent;
import io.pgorchestra.discovery.fencing.FencePort;
import io.pgorchestra.discovery.fencing.FenceSettings;
import io.pgorchestra.discovery.fencing.FenceState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One Orchestra process: a fence, the data plane it rules, a clock of its own, and a session with the authority. */
final class SimulatedProxy extends World.Host implements FencePort {

    private static final long CONFIRM_TIMEOUT = 1_500 * World.MILLI;
    private static final long LOOK_TIMEOUT = 500 * World.MILLI;

    final String name;
    /** Where it runs; what links are named by. Stays the same over restarts. */
    final String host;

    final SimulatedDataPlane dataPlane;
    final Fence fence;
    final List<FenceEvent> events = new ArrayList<>();
    /** When this kind of event happened last. */
    final Map<FenceEvent.Kind, Long> happened = new EnumMap<>(FenceEvent.Kind.class);

    private final World world;
    private final Mutant mutant;
    private final SimulatedAuthority authority;
    private final SimulatedNodes nodes;
    private final double rate;
    private final long offset;
    private long session;
    private long question;
    private long answeredQuestion;
    private long tick;
    private long begunAt;
    private List<Node> watched;
    private List<NodeObservation> observations = List.of();
    private long observedAt;
    Consumer<Confirmation> onConfirmed = confirmation -> {};

    SimulatedProxy(
            String host,
            int life,
            World world,
            Mutant mutant,
            FenceSettings settings,
            SimulatedAuthority authority,
            SimulatedNodes nodes,
            Disk disk,
            History history) {
        this.host = host;
        name = host + "#" + life;
        this.world = world;
        this.mutant = mutant;
        this.authority = authority;
        this.nodes = nodes;
        watched = nodes.places();
        double most = mutant == Mutant.UNEQUAL_CLOCKS ? 0.25 : 0.01;
        // Mostly as different as is allowed.
        rate = world.chance(mutant == Mutant.UNEQUAL_CLOCKS ? 100 : 50)
                ? 1 + (world.chance(50) ? most : -most)
                : world.random.nextDouble(1 - most, 1 + most);
        // Some wrap around during the run.
        offset = world.chance(20) ? Long.MAX_VALUE - world.between(0, 40 * World.SECOND) : world.random.nextLong();
        begunAt = world.now();
        session = authority.newSession(this);
        dataPlane = new SimulatedDataPlane(this, world, mutant, nodes, history);
        fence = new Fence(name, settings, this::nanoTime, dataPlane, this, disk);
    }

    /** What a process finds again after a restart. */
    static final class Disk implements EpochStore {
        private @Nullable Epoch epoch;

        @Override
        public @Nullable Epoch load() {
            return epoch;
        }

        @Override
        public void save(Epoch saved) {
            if (epoch != null && !epoch.mayBeFollowedBy(saved)) {
                throw new AssertionError("saved " + saved + " after " + epoch);
            }
            epoch = saved;
        }
    }

    long nanoTime() {
        return offset + (long) ((world.now() - begunAt) * rate);
    }

    void start() {
        dataPlane.start();
        input(fence::tick);
    }

    void crash() {
        dead = true;
    }

    /** An orderly end. */
    void stop() {
        if (mutant == Mutant.CLOSED_BEFORE_CUT) {
            // Nor does it stop sending, as one does not that has forgotten the order.
            authority.close(session);
            world.after(2 * World.SECOND, this, () -> dead = true);
            return;
        }
        fence.stop(() -> {
            authority.close(session);
            dead = true;
        });
    }

    long session() {
        return session;
    }

    boolean isOpen() {
        return fence.state() == FenceState.OPEN;
    }

    /** Everything that comes in, comes in here: afterwards the next tick is due anew. */
    void input(Runnable input) {
        input.run();
        long mine = ++tick;
        long wait = (long) ((fence.nextTickNanos() - nanoTime()) / rate);
        long late = world.chance(90) ? world.random.nextLong(World.MILLI) : world.random.nextLong(50 * World.MILLI);
        world.after(Math.max(0, wait) + late + 1, this, () -> {
            if (mine == tick) {
                input(fence::tick);
            }
        });
    }

    // ---- port ----

    @Override
    public void confirm(ProxyReport mine) {
        long asked = ++question;
        long sent = nanoTime();
        long under = session;
        world.after((long) (CONFIRM_TIMEOUT / rate), this, () -> answer(asked, () -> fence.confirmFailed("timeout")));
        world.send(
                host,
                SimulatedAuthority.NAME,
                authority,
                () -> authority.confirm(under, mine, (answer, id) -> {
                    world.send(SimulatedAuthority.NAME, host, this, () -> answer(asked, () -> confirmed(sent, answer)));
                }));
        if (!world.peace && world.chance(1)) {
            frozenUntil = world.now() + world.between(World.SECOND, 9 * World.SECOND);
        }
    }

    private void confirmed(long sent, @Nullable Confirmation answer) {
        if (answer == null) {
            session = authority.newSession(this);
            fence.confirmFailed("the session is over");
            return;
        }
        long counted = mutant == Mutant.LEASE_FROM_ANSWER ? nanoTime() : sent;
        Confirmation heard = mutant == Mutant.NO_BARRIER ? new Confirmation(answer.view(), List.of()) : answer;
        fence.confirmed(counted, heard);
        if (!answer.view().members().isEmpty()) {
            watched = answer.view().members();
        }
        onConfirmed.accept(answer);
    }

    private void answer(long asked, Runnable input) {
        if (asked > answeredQuestion) {
            answeredQuestion = asked;
            input(input);
        }
    }

    @Override
    public void look(long look, List<Node> wanted) {
        lookAt(wanted, seen -> input(() -> fence.looked(look, seen)));
    }

    /** Looks at nodes over the network; those that do not answer in time are unreachable. */
    void lookAt(List<Node> wanted, Consumer<List<NodeObservation>> done) {
        List<NodeObservation> seen = new ArrayList<>();
        for (Node node : wanted) {
            seen.add(NodeObservation.unreachable(node.name()));
        }
        boolean[] over = {false};
        int[] missing = {wanted.size()};
        Runnable end = () -> {
            if (!over[0]) {
                over[0] = true;
                done.accept(Collections.unmodifiableList(new ArrayList<>(seen)));
            }
        };
        world.after(LOOK_TIMEOUT, this, end);
        for (int i = 0; i < wanted.size(); i++) {
            int index = i;
            String as = wanted.get(i).name();
            SimulatedNode node = nodes.at(wanted.get(i));
            if (node == null) {
                missing[0]--;
                continue;
            }
            world.send(host, node.name(), node, () -> {
                NodeObservation observation = node.observation(as);
                world.send(node.name(), host, this, () -> {
                    if (!over[0]) {
                        seen.set(index, observation);
                    }
                    if (--missing[0] == 0) {
                        end.run();
                    }
                });
            });
        }
    }

    /** Looks at all nodes now, and again and again. */
    void probe() {
        world.after(500 * World.MILLI, this, this::probe);
        lookAt(watched, seen -> {
            List<NodeObservation.State> before = states(observations);
            observations = seen;
            observedAt = world.now();
            if (!states(seen).equals(before)) {
                input(fence::suspect);
            }
        });
    }

    private static List<NodeObservation.State> states(List<NodeObservation> seen) {
        return seen.stream().map(NodeObservation::state).toList();
    }

    @Override
    public List<NodeObservation> observations() {
        long age = (world.now() - observedAt) / World.MILLI;
        return observations.stream().map(seen -> aged(seen, age)).toList();
    }

    private static NodeObservation aged(NodeObservation seen, long age) {
        return new NodeObservation(
                seen.node(),
                seen.state(),
                age,
                seen.systemIdentifier(),
                seen.timeline(),
                seen.lsn(),
                seen.replayedLsn(),
                seen.postmasterStartMicros(),
                seen.upstream());
    }

    @Override
    public void run(Runnable task) {
        world.after(0, this, () -> input(task));
    }

    @Override
    public void event(FenceEvent event) {
        events.add(event);
        happened.put(event.kind(), world.now());
    }
}
