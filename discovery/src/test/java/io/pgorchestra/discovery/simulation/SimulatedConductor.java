package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.conductor.Conductor;
import io.pgorchestra.discovery.conductor.ConductorAuthority;
import io.pgorchestra.discovery.conductor.ConductorEvent;
import io.pgorchestra.discovery.conductor.ConductorSettings;
import io.pgorchestra.discovery.conductor.NodeControl;
import io.pgorchestra.discovery.fencing.FenceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The conductor of one process, and its ways to the authority and to the nodes: slow, lossy, and sometimes without effect. */
final class SimulatedConductor implements ConductorAuthority, NodeControl {

    private static final long TIMEOUT = World.SECOND;

    final Conductor conductor;
    final List<String> events = new ArrayList<>();
    final SimulatedProxy proxy;
    private final World world;
    private final Mutant mutant;
    private final SimulatedAuthority authority;
    private final SimulatedNodes nodes;
    private long tick;
    private boolean elected;
    /** Not every command that stops a node can say where that was. */
    int knowsStopPercent = 80;
    /** How long a node that was stopped takes at most until it is a standby. */
    long restartNanos = 2 * World.SECOND;

    SimulatedConductor(
            SimulatedProxy proxy,
            World world,
            Mutant mutant,
            ConductorSettings settings,
            FenceSettings fencing,
            SimulatedAuthority authority,
            SimulatedNodes nodes,
            List<Node> configured) {
        this.proxy = proxy;
        this.world = world;
        this.mutant = mutant;
        this.authority = authority;
        this.nodes = nodes;
        List<Node> founders = configured.isEmpty() ? nodes.places() : configured;
        conductor = new Conductor(
                settings,
                fencing,
                proxy::nanoTime,
                this,
                this,
                founders,
                this::note,
                () -> proxy.run(proxy.fence::suspect));
        proxy.onConfirmed = this::confirmed;
    }

    void start() {
        stand();
        proxy.probe();
    }

    private void note(ConductorEvent event) {
        events.add(world.now() / World.MILLI + " " + event.kind() + " " + event.epoch() + " " + event.detail());
    }

    boolean isElected() {
        return elected;
    }

    private void confirmed(Confirmation answer) {
        ProxyReport mine = proxy.fence.lastReport();
        if (mine == null) {
            return;
        }
        if (mutant == Mutant.PROMOTES_AT_ONCE) {
            ProxyReport fenced = new ProxyReport(
                    mine.proxy(), mine.serial(), 0, answer.view().epoch().token(), 0, 4_000, mine.observations());
            input(() -> conductor.confirmed(fenced, new Confirmation(answer.view(), List.of())));
            return;
        }
        input(() -> conductor.confirmed(mine, answer));
    }

    private void input(Runnable input) {
        input.run();
        long mine = ++tick;
        long wait = Math.max(0, conductor.nextTickNanos() - proxy.nanoTime());
        world.after(wait + world.random.nextLong(World.MILLI), proxy, () -> {
            if (mine == tick) {
                input(conductor::tick);
            }
        });
    }

    /** Takes part in the election: whoever has the oldest session wins, and learns it a little later. */
    private void stand() {
        world.after(world.between(100 * World.MILLI, 500 * World.MILLI), proxy, this::stand);
        ask(answer -> answer.accept(authority.isOldest(proxy.session())), (Boolean oldest) -> {
            if (oldest != null) {
                elected = oldest;
                conductor.elected(oldest);
            }
        });
    }

    // ---- authority ----

    @Override
    public void read(Consumer<@Nullable Versioned> answer) {
        this.<Versioned>ask(
                reply -> reply.accept(
                        mutant == Mutant.ONE_OF_A_QUORUM ? credulous(authority.record()) : authority.record()),
                answer);
    }

    @Override
    public void compareAndSet(int version, PrimaryRecord next, Consumer<Boolean> answer) {
        long session = proxy.session();
        this.<Boolean>ask(
                reply -> reply.accept(authority.compareAndSet(session, version, next)),
                done -> answer.accept(done != null && done));
    }

    /** As if every synchronous node had every commit. */
    private static Versioned credulous(Versioned read) {
        PrimaryRecord record = read.value();
        return record == null || record.quorum() == 0
                ? read
                : new Versioned(
                        read.version(),
                        record.promising(
                                record.synchronous(), record.synchronous().size()));
    }

    private <T> void ask(Consumer<Consumer<T>> question, Consumer<@Nullable T> answer) {
        boolean[] over = {false};
        Consumer<@Nullable T> once = value -> {
            if (!over[0]) {
                over[0] = true;
                input(() -> answer.accept(value));
            }
        };
        world.after(TIMEOUT, proxy, () -> once.accept(null));
        world.send(
                proxy.host,
                SimulatedAuthority.NAME,
                authority,
                () -> question.accept(
                        value -> world.send(SimulatedAuthority.NAME, proxy.host, proxy, () -> once.accept(value))));
    }

    // ---- nodes ----

    @Override
    public void look(List<Node> wanted, Consumer<List<NodeObservation>> answer) {
        proxy.lookAt(wanted, seen -> input(() -> answer.accept(mutant == Mutant.NO_CATCH_UP ? flattered(seen) : seen)));
    }

    /** As if every standby had everything, while there is a primary. */
    private List<NodeObservation> flattered(List<NodeObservation> seen) {
        PrimaryRecord record = authority.record().value();
        if (record == null || record.primary() == null) {
            return seen;
        }
        return seen.stream()
                .map(node -> node.state() == NodeObservation.State.STANDBY
                        ? new NodeObservation(
                                node.node(),
                                node.state(),
                                0,
                                node.systemIdentifier(),
                                node.timeline(),
                                Long.MAX_VALUE,
                                0,
                                node.postmasterStartMicros(),
                                node.upstream())
                        : node)
                .toList();
    }

    private void command(Node of, Consumer<Boolean> answer, Consumer<SimulatedNode> effect) {
        command(of, answer, node -> true, effect);
    }

    private void command(
            Node of, Consumer<Boolean> answer, Predicate<SimulatedNode> able, Consumer<SimulatedNode> effect) {
        SimulatedNode node = nodes.at(of);
        boolean[] over = {false};
        Consumer<Boolean> once = done -> {
            if (!over[0]) {
                over[0] = true;
                input(() -> answer.accept(done));
            }
        };
        world.after(TIMEOUT, proxy, () -> once.accept(false));
        if (node == null) {
            return;
        }
        world.send(proxy.host, node.name(), node, () -> {
            boolean works = node.up && (world.peace || !world.chance(10)) && able.test(node);
            if (works) {
                effect.accept(node);
            }
            world.send(node.name(), proxy.host, proxy, () -> once.accept(works));
        });
    }

    @Override
    public void checkpoint(Node primary, Consumer<Boolean> answer) {
        command(primary, answer, node -> {});
    }

    @Override
    public void promote(Node standby, Consumer<Boolean> answer) {
        command(
                standby,
                answer,
                node -> !node.refusesPromotion,
                node -> world.after(world.between(0, 800 * World.MILLI), node, () -> node.promote(node.timeline + 1)));
    }

    @Override
    public void demote(Node primary, Node next, LongConsumer answer) {
        long[] position = {0};
        command(primary, done -> answer.accept(done ? position[0] : 0), node -> {
            if (node.recovery) {
                return;
            }
            if (!world.peace && world.chance(50)) {
                // The stream to the next one breaks before that has everything.
                world.cutLink(node.name(), next.name(), world.between(0, 8 * World.SECOND), node);
            }
            node.shutDown();
            position[0] = world.chance(knowsStopPercent) ? lastPosition(node) : 0;
            world.after(world.between(50 * World.MILLI, restartNanos), node, () -> node.follow(next.name()));
        });
    }

    private long lastPosition(SimulatedNode node) {
        return mutant == Mutant.STOP_POSITION_IGNORED ? 1 : node.log.size() - 1;
    }

    @Override
    public void repoint(Node standby, Node primary, Consumer<Boolean> answer) {
        command(standby, answer, node -> node.repoint(primary.name()));
    }

    @Override
    public void makeReadOnly(Node stale, Consumer<Boolean> answer) {
        command(stale, answer, node -> node.readOnly = !node.recovery);
    }

    @Override
    public void setSynchronous(Node primary, List<String> names, int quorum, Consumer<Boolean> answer) {
        command(primary, answer, node -> node.setSynchronous(names, quorum));
    }
}
