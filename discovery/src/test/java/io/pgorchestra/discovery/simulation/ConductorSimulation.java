package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import io.pgorchestra.discovery.View;
import io.pgorchestra.discovery.conductor.ConductorSettings;
import io.pgorchestra.discovery.conductor.SynchronousMode;
import io.pgorchestra.discovery.fencing.FenceSettings;
import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Processes that fail over by themselves; nodes, links and processes break, and an operator asks for switchovers meanwhile. */
final class ConductorSimulation {

    private static final long FAULTS_END = 41 * World.SECOND;
    private static final long PEACE = 50 * World.SECOND;
    /** So far that no node gets to where another one was. */
    private static final int MOVE = 100;

    final History history = new History();
    final World world;
    private final Mutant mutant;
    private final SynchronousMode mode;
    private final OnDiscoveryLoss policy;
    private final World.Host chaos = new World.Host();
    final SimulatedNodes nodes;
    final SimulatedAuthority authority;
    private final ConductorSettings settings;
    final List<SimulatedProxy> proxies = new ArrayList<>();
    final List<SimulatedConductor> conductors = new ArrayList<>();
    private final List<SimulatedProxy.Disk> disks = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private int lives;
    private long raisedAt;
    int published;
    int lost;

    ConductorSimulation(long seed, Mutant mutant, SynchronousMode mode) {
        this(seed, mutant, mode, OnDiscoveryLoss.HOLD);
    }

    ConductorSimulation(long seed, Mutant mutant, SynchronousMode mode, OnDiscoveryLoss policy) {
        this.policy = policy;
        this.mutant = mutant;
        this.mode = mode;
        world = new World(seed);
        nodes = new SimulatedNodes(world, world.chance(70) ? 3 : 4);
        settings = new ConductorSettings(
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                1_000,
                mode,
                nodes.values().size() == 4 && world.chance(50) ? 2 : 1);
        View nothing = FailoverManager.view(0, null, 0, 0, nodes);
        authority = new SimulatedAuthority(world, mutant, nothing);
        authority.onRecord = this::recorded;
        for (int i = 0; i < 3; i++) {
            disks.add(new SimulatedProxy.Disk());
            start(i);
        }
    }

    void run() {
        world.after(0, chaos, this::nodesCatchUp);
        world.after(8 * World.SECOND, chaos, this::breakSomething);
        world.after(3 * World.SECOND, chaos, this::repair);
        world.runUntil(FAULTS_END);
        world.peace = true;
        world.healLinks();
        world.runUntil(FAULTS_END + 12 * World.SECOND);
        world.healLinks();
        world.runUntil(FAULTS_END + PEACE);
        checkAllWrite();
    }

    /** Without faults, but those that the test makes. */
    void runCalmly(long nanos) {
        if (!world.peace) {
            world.peace = true;
            world.after(0, chaos, this::nodesCatchUp);
        }
        world.runUntil(world.now() + nanos);
    }

    PrimaryRecord record() {
        return Objects.requireNonNull(authority.record().value());
    }

    SimulatedNode primary() {
        return nodes.get(Objects.requireNonNull(record().primary()).name());
    }

    SimulatedConductor elected() {
        return conductors.stream()
                .filter(SimulatedConductor::isElected)
                .findFirst()
                .orElseThrow();
    }

    void checkAllWrite() {
        for (SimulatedProxy proxy : proxies) {
            if (!proxy.isOpen() || world.now() - proxy.dataPlane.lastWriteAt > 5 * World.SECOND) {
                throw new AssertionError(proxy.name + " does not write: " + proxy.fence.state() + " " + this);
            }
        }
    }

    @Override
    public String toString() {
        List<String> told = conductors.stream()
                .map(conductor -> "\n  " + conductor.proxy.name + (conductor.isElected() ? " elected" : "") + " "
                        + conductor.events)
                .toList();
        return authority.record() + " and " + nodes + "\n  " + story + told;
    }

    /** A new primary is published: it must have all that was acknowledged, where that is promised. */
    private void recorded(@Nullable PrimaryRecord before, PrimaryRecord now) {
        if (before == null || before.epoch() != now.epoch()) {
            raisedAt = world.now();
        }
        story.add(world.now() / World.MILLI + " " + now);
        if (before != null && (now.epoch() < before.epoch() || now.timeline() < before.timeline())) {
            throw new History.Violation(now + " after " + before);
        }
        if (now.phase() != Phase.SERVING || before == null || before.primary() != null) {
            return;
        }
        published++;
        checkNothingLost(nodes.get(Objects.requireNonNull(now.primary()).name()));
    }

    void checkNothingLost(SimulatedNode primary) {
        Set<Long> missing = new HashSet<>(history.acknowledged());
        primary.log.forEach(missing::remove);
        lost += missing.size();
        if (mode != SynchronousMode.OFF && !missing.isEmpty()) {
            throw new History.Violation(primary + " lacks acknowledged writes: " + missing.size() + " " + this);
        }
        history.acknowledged().removeAll(missing);
    }

    // ---- faults and repairs ----

    private void nodesCatchUp() {
        world.after(300 * World.MILLI, chaos, this::nodesCatchUp);
        nodes.values().forEach(SimulatedNode::catchUp);
    }

    /** This process ends and comes back with another configuration; an empty one stands for the truth. */
    void restart(int index, List<Node> configured) {
        proxies.get(index).crash();
        start(index, configured);
    }

    private void start(int index) {
        start(index, List.of());
    }

    private void start(int index, List<Node> configured) {
        FenceSettings fencing = FenceSettings.DEFAULT.withPolicy(policy, Duration.ofSeconds(8));
        SimulatedProxy proxy = new SimulatedProxy(
                "p" + index, ++lives, world, mutant, fencing, authority, nodes, disks.get(index), history);
        SimulatedConductor conductor =
                new SimulatedConductor(proxy, world, mutant, settings, fencing, authority, nodes, configured);
        if (proxies.size() > index) {
            proxies.set(index, proxy);
            conductors.set(index, conductor);
        } else {
            proxies.add(proxy);
            conductors.add(conductor);
        }
        proxy.start();
        conductor.start();
    }

    private void breakSomething() {
        if (world.now() > FAULTS_END) {
            return;
        }
        world.after(world.between(100 * World.MILLI, 3 * World.SECOND), chaos, this::breakSomething);
        int index = world.random.nextInt(proxies.size());
        SimulatedProxy proxy = proxies.get(index);
        SimulatedNode node = nodes.any(world);
        switch (world.random.nextInt(19)) {
            case 0, 1, 2 -> crashPrimary();
            case 3 -> proxy.frozenUntil = world.now() + world.between(World.MILLI, 9 * World.SECOND);
            case 4 -> world.cutLink(proxy.host, SimulatedAuthority.NAME, world.between(0, 10 * World.SECOND), chaos);
            case 5 -> world.cutLink(proxy.host, node.name(), world.between(0, 8 * World.SECOND), chaos);
            case 6, 7 -> world.cutLink(node.name(), nodes.any(world).name(), world.between(0, 5 * World.SECOND), chaos);
            case 8 -> isolate(node);
            case 9 -> node.crash();
            case 10 -> node.restart();
            case 11 -> replace(index);
            case 12 ->
                proxies.forEach(any ->
                        world.cutLink(any.host, SimulatedAuthority.NAME, world.between(0, 8 * World.SECOND), chaos));
            case 16 -> refusePromotion(node);
            case 17 -> move(node);
            case 13, 14, 15 -> node.slowUntil = world.now() + world.between(0, 6 * World.SECOND);
            default -> {
                String target = world.chance(50) ? null : node.name();
                conductors.forEach(conductor -> conductor.conductor.switchOver(target));
            }
        }
    }

    private void crashPrimary() {
        nodes.values().stream().filter(node -> !node.recovery).forEach(SimulatedNode::crash);
    }

    private void refusePromotion(SimulatedNode node) {
        node.refusesPromotion = true;
        world.after(world.between(0, 8 * World.SECOND), chaos, () -> node.refusesPromotion = false);
    }

    /** It comes back at another port, and by and by all processes are told. */
    private void move(SimulatedNode node) {
        node.restartAt(node.node.port() + MOVE);
        for (int i = 0; i < proxies.size(); i++) {
            int index = i;
            world.after(world.between(0, 8 * World.SECOND), chaos, () -> restart(index, List.of()));
        }
    }

    private void isolate(SimulatedNode node) {
        long time = world.between(0, 8 * World.SECOND);
        proxies.forEach(proxy -> world.cutLink(proxy.host, node.name(), time, chaos));
    }

    private void replace(int index) {
        SimulatedProxy old = proxies.get(index);
        if (world.chance(50)) {
            old.crash();
        } else if (!old.dead && old.frozenUntil <= world.now()) {
            old.stop();
        } else {
            return;
        }
        start(index);
    }

    /**
     * What an operator does: starts what is down, and rebuilds a stale primary as a standby of the one that serves. If nobody has served for
     * long, and the former primary is there, untouched, then as a standby of that; but never the node that is being promoted.
     */
    private void repair() {
        world.after(world.between(500 * World.MILLI, 6 * World.SECOND), chaos, this::repair);
        PrimaryRecord record = authority.record().value();
        for (SimulatedNode node : nodes.values()) {
            if (!node.up && world.chance(50)) {
                node.restart();
            }
        }
        if (record == null) {
            return;
        }
        Node primary = record.primary();
        boolean stuck =
                world.peace && record.phase() == Phase.FAILING_OVER && world.now() - raisedAt > 15 * World.SECOND;
        SimulatedNode source = nodes.find(primary != null ? primary.name() : stuck ? record.former() : null);
        if (source == null || !source.up || source.recovery || source.timeline != record.timeline()) {
            return;
        }
        for (SimulatedNode node : nodes.values()) {
            if (node != source
                    && !node.name().equals(record.target())
                    && node.up
                    && !node.recovery
                    && world.chance(50)) {
                node.follow(source.name());
            }
        }
    }
}
