package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.DataPlane;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clients of one process and the servers they write to, obeying the route as the real data plane does. */
final class SimulatedDataPlane implements DataPlane {

    private static final int CLIENTS = 2;

    private final SimulatedProxy proxy;
    private final World world;
    private final Mutant mutant;
    private final SimulatedNodes nodes;
    private final History history;
    private final List<Client> clients = new ArrayList<>();
    private final Map<Long, Long> tokens = new HashMap<>();

    private Route route = Route.NONE;
    private @Nullable Runnable drained;
    private long servers;
    long lastWriteAt;
    /** Transactions and writes under way whose server was lost. */
    int interrupted;

    /** A connection to a node, as it was verified when it was made. */
    private record Server(long number, long sequence, SimulatedNode node, long start, History.Reign reign) {}

    private static final class Client {
        @Nullable
        Server server;

        boolean connecting;
        boolean inTransaction;
        boolean waiting;
        long since;

        @Override
        public String toString() {
            return server + (connecting ? " connecting" : "") + (waiting ? " waiting since " + since : "");
        }
    }

    SimulatedDataPlane(SimulatedProxy proxy, World world, Mutant mutant, SimulatedNodes nodes, History history) {
        this.proxy = proxy;
        this.world = world;
        this.mutant = mutant;
        this.nodes = nodes;
        this.history = history;
    }

    void start() {
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client();
            clients.add(client);
            next(client);
        }
    }

    // ---- what the fence demands ----

    @Override
    public void route(Route next) {
        Epoch old = route.epoch();
        Epoch epoch = next.epoch();
        if (next.sequence() < route.sequence()
                || (old != null && epoch != null && !old.mayBeFollowedBy(epoch))
                || (next.mode() != Route.Mode.HOLDING && (epoch == null || epoch.timeline() == 0))) {
            throw new AssertionError(proxy.name + ": " + next + " after " + route);
        }
        if (epoch != null && (old == null || old.token() != epoch.token())) {
            history.epochsOpened++;
        }
        route = next;
        if (epoch != null) {
            tokens.put(next.sequence(), epoch.token());
        }
        if (next.mode() == Route.Mode.OPEN) {
            drained = null;
        }
    }

    @Override
    public void cut(long sequence, Runnable done) {
        world.after(world.chance(80) ? 0 : world.between(0, 400 * World.MILLI), proxy, () -> {
            for (Client client : clients) {
                if (client.server != null && client.server.sequence < sequence) {
                    lose(client);
                }
            }
            done.run();
            tellDrained();
        });
    }

    @Override
    public void whenDrained(long sequence, Runnable done) {
        drained = done;
        tellDrained();
    }

    private void tellDrained() {
        Runnable done = drained;
        if (done != null && clients.stream().noneMatch(client -> client.inTransaction || client.waiting)) {
            drained = null;
            done.run();
        }
    }

    // ---- clients ----

    private void next(Client client) {
        world.after(world.between(20 * World.MILLI, 80 * World.MILLI), proxy, () -> act(client));
    }

    private void act(Client client) {
        next(client);
        Server server = client.server;
        if (server != null && (!server.node.up || server.node.start != server.start) && world.chance(80)) {
            lose(client);
            proxy.input(proxy.fence::suspect);
        } else if (server != null && client.waiting && world.now() - client.since > 3 * World.SECOND) {
            lose(client);
        } else if (server == null) {
            connect(client);
        } else if (permits(server) && (client.inTransaction || opens()) && !client.waiting) {
            dispatch(client, server);
        }
    }

    private boolean permits(Server server) {
        long now = mutant == Mutant.LEASE_NOT_CHECKED ? route.leaseUntilNanos() - 1 : proxy.nanoTime();
        return route.permits(mutant == Mutant.TAG_NOT_COMPARED ? route.sequence() : server.sequence, now);
    }

    /** A server that was still connecting when its epoch was cut. */
    private boolean isCut(long sequence) {
        return sequence < route.sequence() && mutant != Mutant.TAG_NOT_COMPARED;
    }

    private boolean opens() {
        return route.opens(mutant == Mutant.LEASE_NOT_CHECKED ? route.leaseUntilNanos() - 1 : proxy.nanoTime());
    }

    private void connect(Client client) {
        Node primary = route.primary();
        Epoch epoch = route.epoch();
        if (client.connecting || primary == null || epoch == null || !opens()) {
            return;
        }
        client.connecting = true;
        long sequence = route.sequence();
        SimulatedNode node = nodes.at(primary);
        // Name service, TLS and a slow login take their time.
        long slow = world.chance(90) ? world.delay() : world.between(0, 6 * World.SECOND);
        world.after(slow, proxy, () -> {
            client.connecting = false;
            if (node == null || !node.up || node.recovery || node.timeline != epoch.timeline()) {
                return;
            }
            if (!isCut(sequence) && !world.isCut(proxy.host, node.name())) {
                History.Reign reign = new History.Reign(node.name(), node.timeline);
                client.server = new Server(++servers, sequence, node, node.start, reign);
            }
        });
    }

    private void dispatch(Client client, Server server) {
        long write = history.writes;
        history.dispatched(proxy.name, tokens.getOrDefault(server.sequence, 0L), server.reign);
        lastWriteAt = world.now();
        client.inTransaction = world.chance(40);
        client.waiting = !client.inTransaction;
        client.since = world.now();
        if (client.inTransaction) {
            return;
        }
        world.send(proxy.host, server.node.name(), server.node, () -> {
            if (server.node.up && server.node.start == server.start) {
                server.node.write(
                        write,
                        () -> world.send(
                                server.node.name(), proxy.host, proxy, () -> acknowledged(client, server, write)));
            }
        });
    }

    /** Reaches the client only over a server that has not been cut. */
    private void acknowledged(Client client, Server server, long write) {
        Server now = client.server;
        if (now != null && now.number == server.number) {
            client.waiting = false;
            history.acknowledged(write);
            tellDrained();
        }
    }

    private void lose(Client client) {
        if (client.inTransaction || client.waiting) {
            interrupted++;
        }
        client.server = null;
        client.inTransaction = false;
        client.waiting = false;
        tellDrained();
    }

    @Override
    public String toString() {
        return "last write at " + lastWriteAt + ", clients " + clients;
    }
}
