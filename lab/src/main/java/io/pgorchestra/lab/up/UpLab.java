package io.pgorchestra.lab.up;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.zookeeper.LabZooKeeper;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The cluster and the ZooKeeper of {@code orchestra up}, and the links between them and the proxy. For all threads. */
final class UpLab implements AutoCloseable {

    static final String PROXY = "proxy";
    static final String ZOOKEEPER = "zookeeper";

    private final LabCluster cluster;
    private final boolean linksToNodes;
    private final LabZooKeeper zooKeeper;

    private UpLab(LabCluster cluster, LabZooKeeper zooKeeper, boolean linksToNodes) {
        this.cluster = cluster;
        this.zooKeeper = zooKeeper;
        this.linksToNodes = linksToNodes;
        cluster.network().place(ZOOKEEPER, zooKeeper.port());
    }

    /**
     * Takes places and ports, and starts nothing yet.
     *
     * @param linksToNodes whether the proxy reaches the nodes over links that can be cut, which costs each query a detour
     */
    static UpLab open(ClusterOptions options, boolean linksToNodes, Consumer<String> progress) {
        LabCluster cluster = LabCluster.open(options, progress);
        return new UpLab(cluster, LabZooKeeper.open(cluster.folder().path().resolve(ZOOKEEPER)), linksToNodes);
    }

    /** Has the nodes start, while the caller does something else; complete when the standbys stream. */
    CompletableFuture<Void> startNodes() {
        return CompletableFuture.runAsync(
                () -> {
                    cluster.startPrimary();
                    cluster.awaitStandbys();
                },
                task -> {
                    Thread thread = new Thread(task, "up-cluster");
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    static void await(CompletableFuture<Void> started) {
        try {
            started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Calls {@code report} once for each node, should its server end; whatever the reason. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a report.
    void onEnd(LabNode node, Consumer<LabNode> report) {
        node.server().serverEnded().thenRun(() -> report.accept(node));
    }

    ClusterLayout layout() {
        return new ClusterLayout(
                cluster.nodes().stream().map(this::place).toList(),
                place(cluster.firstPrimary()),
                "127.0.0.1:" + cluster.network().link(PROXY, ZOOKEEPER).port());
    }

    private Node place(LabNode node) {
        int port = linksToNodes ? cluster.network().link(PROXY, node.name()).port() : node.port();
        return new Node(node.name(), EmbeddedPostgres.HOST, port);
    }

    /** Stops the primary in order, says where, and starts it as a standby of the next one. */
    CompletionStage<Long> demote(Node primary, Node next) {
        return cluster.demote(cluster.node(primary.name()), cluster.node(next.name()));
    }

    LabCluster cluster() {
        return cluster;
    }

    LabZooKeeper zooKeeper() {
        return zooKeeper;
    }

    @Override
    public void close() {
        zooKeeper.close();
        cluster.close();
    }
}
