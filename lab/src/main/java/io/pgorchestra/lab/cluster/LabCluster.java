package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.FileTree;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LabFolder;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.link.LabNetwork;
import io.pgorchestra.lab.link.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A primary and its standbys, pg1, pg2 and so on, on one machine: real Postgres with streaming replication, each standby over a link of its
 * own. Who is primary is not remembered here but asked of the nodes, since others promote too. For all threads; it never outlives this JVM.
 */
public final class LabCluster implements AutoCloseable {

    private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(30);

    /** A copy of a data directory does not heed an interrupt; it is short. */
    private static final Duration WORKERS_TIMEOUT = Duration.ofSeconds(5);

    private final LabFolder folder;
    private final LabNetwork network = LabNetwork.open();
    private final Map<String, LabNode> nodes = new LinkedHashMap<>();
    private final Consumer<String> progress;
    private final Replication replication;
    private final ExecutorService workers = Executors.newCachedThreadPool(LabCluster::daemon);
    private boolean isFresh;
    private String firstPrimary = "";
    private volatile CompletableFuture<Void> standbys = CompletableFuture.completedFuture(null);

    private LabCluster(LabFolder folder, Consumer<String> progress) {
        this.folder = folder;
        this.progress = progress;
        replication = new Replication(network, progress);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "lab-cluster");
        thread.setDaemon(true);
        return thread;
    }

    /** Starts a cluster and returns when its standbys stream. */
    public static LabCluster start(ClusterOptions options) {
        LabCluster cluster = open(options, step -> {});
        try {
            cluster.startPrimary();
            cluster.awaitStandbys();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Takes the places and ports of a cluster's nodes. Nothing is started, except where the last run ended in the middle of a failover:
     * then those who know most are asked who of them it is to be.
     */
    public static LabCluster open(ClusterOptions options, Consumer<String> progress) {
        LabCluster cluster = new LabCluster(LabFolder.take(options.directory(), "orchestra-lab-"), progress);
        try {
            cluster.open(options);
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void open(ClusterOptions options) {
        KeptNodes kept = new KeptNodes(folder.path());
        isFresh = kept.isEmpty();
        for (String name : kept.names(options.standbys() + 1)) {
            var nodeOptions =
                    options.forNode(KeptNodes.number(name), folder.path().resolve(name));
            LabNode node = new LabNode(name, EmbeddedPostgres.open(nodeOptions, folder, progress));
            nodes.put(name, node);
            network.place(name, node.port());
        }
        String last = kept.lastPrimary();
        firstPrimary = isFresh ? nodes().get(0).name() : last.isEmpty() ? elect().name() : last;
    }

    /** Who will be, or was, the primary when this lab starts. */
    public LabNode firstPrimary() {
        return node(firstPrimary);
    }

    /** Returns when the primary takes connections, while the standbys are still on their way. Called once. */
    public void startPrimary() {
        LabNode primary = firstPrimary();
        primary.server().createIfMissing(progress);
        if (isFresh) {
            beginFresh(primary);
            return;
        }
        if (!primary.server().isRunning()) {
            progress.accept("starting " + primary + ", the primary of the last run");
            primary.start();
        }
        standbys = onOthers(primary, node -> {
            node.stop();
            replication.join(node, primary);
        });
    }

    /** All are copies of one that has never run. */
    private void beginFresh(LabNode primary) {
        onOthers(primary, node -> copy(primary, node)).join();
        progress.accept("starting " + primary.server().version() + " as " + nodes());
        standbys = onOthers(primary, node -> replication.joinFresh(node, primary));
        primary.start();
    }

    private static void copy(LabNode from, LabNode to) {
        try {
            FileTree.copy(from.server().dataDirectory(), to.server().dataDirectory(), path -> true);
        } catch (IOException e) {
            throw new LabException("Cannot copy " + from + " to " + to + ": " + e.getMessage(), e);
        }
    }

    /** The last run ended in the middle of a failover: the one who has the most becomes primary. */
    private LabNode elect() {
        List<LabNode> candidates =
                nodes().stream().filter(node -> node.server().hasData()).toList();
        candidates.forEach(LabNode::start);
        LabNode elected = candidates.stream()
                .max(Comparator.comparing(
                        (LabNode node) -> look(node),
                        Comparator.comparingInt(NodeStatus::timeline).thenComparingLong(NodeStatus::lsn)))
                .orElseThrow();
        progress.accept("nobody was primary; promoting " + elected + ", which has the most");
        elected.promote();
        return elected;
    }

    private CompletableFuture<Void> onOthers(LabNode primary, Consumer<LabNode> action) {
        return CompletableFuture.allOf(nodes.values().stream()
                .filter(node -> node != primary)
                .map(node -> CompletableFuture.runAsync(() -> action.accept(node), workers))
                .toArray(CompletableFuture[]::new));
    }

    /** Returns when every standby that was to start streams. */
    public void awaitStandbys() {
        try {
            standbys.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LabException failure) {
                throw new LabException(String.valueOf(failure.getMessage()), failure);
            }
            throw e;
        }
    }

    /** In the order of their names. */
    public List<LabNode> nodes() {
        return new ArrayList<>(nodes.values());
    }

    public LabNode node(String name) {
        LabNode node = nodes.get(name);
        if (node == null) {
            throw new LabException("No node \"" + name + "\" in this lab; there are " + nodes.keySet() + ".");
        }
        return node;
    }

    /** How every node is now. */
    public List<NodeStatus> status() {
        List<CompletableFuture<NodeStatus>> looks = nodes.values().stream()
                .map(node -> CompletableFuture.supplyAsync(() -> look(node), workers))
                .toList();
        return looks.stream().map(CompletableFuture::join).toList();
    }

    public NodeStatus look(LabNode node) {
        return node.look(network::partyBehind);
    }

    /** The node that takes writes now; of several, that of the newest timeline. Null if none does. */
    public @Nullable LabNode findPrimary() {
        return status().stream()
                .filter(status -> status.state() == NodeStatus.State.PRIMARY)
                .max(Comparator.comparingInt(NodeStatus::timeline))
                .map(status -> node(status.node()))
                .orElse(null);
    }

    /** The node that takes writes now. */
    public LabNode primary() {
        LabNode primary = findPrimary();
        if (primary == null) {
            throw new LabException("No node takes writes now.");
        }
        return primary;
    }

    /**
     * Brings a node back as a standby of the present primary, stopping it first if it runs, cloning it anew if it has written what the
     * primary never saw; returns when it streams.
     */
    public void rejoin(LabNode node) {
        LabNode primary = primaryFor(node);
        node.stop();
        replication.join(node, primary);
    }

    /** Makes a node, whatever it has, a fresh copy of the present primary; returns when it streams. */
    public void cloneAnew(LabNode node) {
        replication.cloneFrom(node, primaryFor(node));
    }

    private LabNode primaryFor(LabNode node) {
        LabNode primary = primary();
        if (primary == node) {
            throw new LabException(node + " is the primary; it cannot be a standby of itself.");
        }
        return primary;
    }

    /**
     * Stops a primary in order, which sends its standbys all they lack, and starts it as a standby of another node. Complete when it has
     * stopped, with the position of its last record; 0 if it could not be stopped in order. It is started after that.
     */
    @SuppressWarnings(
            "FutureReturnValueIgnored") // A node that does not start shows in the status, and its log is named here.
    public CompletableFuture<Long> demote(LabNode primary, LabNode next) {
        CompletableFuture<Long> stopped = CompletableFuture.supplyAsync(
                () -> {
                    primary.stop();
                    return primary.server().shutdownPosition();
                },
                workers);
        stopped.thenRunAsync(() -> startAsStandby(primary, next), workers);
        return stopped;
    }

    private void startAsStandby(LabNode node, LabNode upstream) {
        try {
            replication.startAsStandby(node, upstream);
        } catch (LabException e) {
            progress.accept(node + " does not start as a standby of " + upstream + ": " + e.getMessage());
        }
    }

    /** Has a standby that runs stream from another node, and returns when it does. */
    public void follow(LabNode standby, LabNode upstream) {
        replication.repoint(standby, upstream);
        replication.awaitStreaming(standby, upstream);
    }

    /** Returns when a standby has replayed all that the present primary had written at the call. */
    public void awaitCaughtUp(LabNode standby) {
        String lsn = primary().ask("SELECT pg_current_wal_insert_lsn()");
        Poll.until(
                CATCH_UP_TIMEOUT,
                () -> standby.ask("SELECT pg_last_wal_replay_lsn() >= '" + lsn + "'")
                        .equals("t"),
                () -> standby + " has not replayed " + lsn + " after " + CATCH_UP_TIMEOUT.toSeconds() + " s.");
    }

    /**
     * Hands the primary's part over to a standby by hand, with no help of any failover manager: the old one is stopped, which sends the
     * standbys all they lack, and comes back as a standby.
     *
     * @param to null for the standby that has the most
     */
    public void switchover(@Nullable LabNode to) {
        LabNode old = primary();
        LabNode next = to == null ? mostAdvanced(old) : to;
        if (next == old) {
            throw new LabException(old + " is the primary already.");
        }
        if (!look(next).upstream().equals(old.name())) {
            throw new LabException(
                    next + " does not stream from " + old + ", so it may lack writes; it is not promoted.");
        }
        old.stop();
        next.promote();
        for (NodeStatus other : status()) {
            if (other.state() == NodeStatus.State.STANDBY) {
                follow(node(other.node()), next);
            }
        }
        replication.join(old, next);
    }

    private LabNode mostAdvanced(LabNode primary) {
        return status().stream()
                .filter(status -> status.upstream().equals(primary.name()))
                .max(Comparator.comparingLong(NodeStatus::lsn))
                .map(status -> node(status.node()))
                .orElseThrow(() -> new LabException("No standby streams from " + primary + "."));
    }

    /**
     * The links over which a node replicates, to and from all others. A standby that a failover manager has pointed past them is led over
     * them first, at the price of one reconnect.
     */
    public List<Link> replicationLinks(LabNode node) {
        for (NodeStatus status : status()) {
            boolean concerned =
                    status.node().equals(node.name()) || status.upstream().equals(node.name());
            if (concerned && !status.upstream().isEmpty()) {
                leadOverLink(node(status.node()), node(status.upstream()));
            }
        }
        return nodes.values().stream()
                .flatMap(other -> network.between(node.name(), other.name()).stream())
                .toList();
    }

    private void leadOverLink(LabNode standby, LabNode upstream) {
        int port = network.link(standby.name(), upstream.name()).port();
        if (!standby.ask("SELECT sender_port FROM pg_stat_wal_receiver").equals(Integer.toString(port))) {
            follow(standby, upstream);
        }
    }

    /** The links of this lab, for others to add theirs. */
    public LabNetwork network() {
        return network;
    }

    public LabFolder folder() {
        return folder;
    }

    /** Stops all at once, and deletes a temporary cluster. */
    @Override
    public void close() {
        // Whoever still starts a standby gives up.
        workers.shutdownNow();
        awaitWorkers();
        // A primary would wait for standbys behind a cut link.
        network.heal();
        ExecutorService stoppers = Executors.newCachedThreadPool(LabCluster::daemon);
        List<CompletableFuture<Void>> stops = nodes.values().stream()
                .map(node -> CompletableFuture.runAsync(node.server()::close, stoppers))
                .toList();
        try {
            CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new)).join();
        } finally {
            stoppers.shutdown();
            network.close();
            folder.close();
        }
    }

    private void awaitWorkers() {
        try {
            workers.awaitTermination(WORKERS_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
