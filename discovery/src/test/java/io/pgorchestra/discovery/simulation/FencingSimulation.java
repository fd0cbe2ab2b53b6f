package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.fencing.FenceSettings;
import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three processes, three nodes and somebody else's failover manager; half a minute in which everything breaks, then peace. */
final class FencingSimulation {

    private static final long FAULTS_END = 31 * World.SECOND;
    /** A frozen process thaws, a session ends, a lease ends, a barrier passes. */
    private static final long PEACE = 25 * World.SECOND;

    final History history = new History();
    private final World world;
    private final Mutant mutant;
    private final World.Host chaos = new World.Host();
    private final SimulatedNodes nodes;
    private final SimulatedAuthority authority;
    private final FailoverManager manager;
    private final FenceSettings settings;
    private final List<SimulatedProxy> proxies = new ArrayList<>();
    private final List<SimulatedProxy.Disk> disks = new ArrayList<>();
    private int lives;

    FencingSimulation(long seed, Mutant mutant, OnDiscoveryLoss policy) {
        this.mutant = mutant;
        world = new World(seed);
        settings = FenceSettings.DEFAULT.withPolicy(policy, Duration.ofSeconds(8));
        nodes = new SimulatedNodes(world, 3);
        SimulatedNode first = nodes.get("n1");
        authority = new SimulatedAuthority(world, mutant, FailoverManager.view(7, first.node, 0, 0, nodes));
        manager = new FailoverManager(world, chaos, authority, nodes);
        for (int i = 0; i < 3; i++) {
            disks.add(new SimulatedProxy.Disk());
            proxies.add(start(i));
        }
    }

    void run() {
        world.after(0, chaos, this::nodesCatchUp);
        world.after(2 * World.SECOND, chaos, this::breakSomething);
        world.runUntil(FAULTS_END);
        world.peace = true;
        world.healLinks();
        world.runUntil(FAULTS_END + 12 * World.SECOND);
        world.healLinks();
        manager.settle();
        world.runUntil(FAULTS_END + PEACE);
        for (SimulatedProxy proxy : proxies) {
            if (!proxy.isOpen() || world.now() - proxy.dataPlane.lastWriteAt > 5 * World.SECOND) {
                throw new AssertionError(proxy.name + " does not write: " + proxy.fence.state() + " "
                        + proxy.fence.route() + " while " + authority.view() + " and " + nodes + "; "
                        + proxy.dataPlane + "; " + proxy.events);
            }
        }
    }

    private void nodesCatchUp() {
        world.after(500 * World.MILLI, chaos, this::nodesCatchUp);
        nodes.values().forEach(SimulatedNode::catchUp);
    }

    private SimulatedProxy start(int index) {
        SimulatedProxy proxy = new SimulatedProxy(
                "p" + index, ++lives, world, mutant, settings, authority, nodes, disks.get(index), history);
        proxy.start();
        proxy.probe();
        return proxy;
    }

    private void breakSomething() {
        if (world.now() > FAULTS_END) {
            return;
        }
        world.after(world.between(100 * World.MILLI, 3 * World.SECOND), chaos, this::breakSomething);
        int index = world.random.nextInt(proxies.size());
        SimulatedProxy proxy = proxies.get(index);
        SimulatedNode node = nodes.any(world);
        switch (world.random.nextInt(12)) {
            case 0, 1, 2, 3 -> manager.act();
            case 4 -> proxy.frozenUntil = world.now() + world.between(World.MILLI, 9 * World.SECOND);
            case 5, 6 -> world.cutLink(proxy.host, SimulatedAuthority.NAME, world.between(0, 10 * World.SECOND), chaos);
            case 7 -> world.cutLink(proxy.host, node.name(), world.between(0, 8 * World.SECOND), chaos);
            case 8 -> world.cutLink(node.name(), nodes.any(world).name(), world.between(0, 5 * World.SECOND), chaos);
            case 9 -> node.restart();
            case 10 -> replace(index);
            default -> loseAuthority();
        }
    }

    private void loseAuthority() {
        long time = world.between(0, 8 * World.SECOND);
        proxies.forEach(proxy -> world.cutLink(proxy.host, SimulatedAuthority.NAME, time, chaos));
    }

    /** A process ends, in order or not, and starts again. */
    private void replace(int index) {
        SimulatedProxy old = proxies.get(index);
        if (world.chance(50)) {
            old.crash();
        } else if (!old.dead && old.frozenUntil <= world.now()) {
            old.stop();
            if (mutant == Mutant.CLOSED_BEFORE_CUT) {
                disks.set(index, new SimulatedProxy.Disk());
            }
        } else {
            return;
        }
        proxies.set(index, start(index));
    }
}
