package io.pgorchestra.lab.patroni;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LabFolder;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.ServerIdentity;
import io.pgorchestra.lab.link.LabNetwork;
import io.pgorchestra.lab.link.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Three nodes under Patroni, pg1 to pg3, and the ZooKeeper that they agree by; all on this machine, none of it outlives this JVM. */
public final class PatroniCluster implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final int NODES = 3;
    private static final String ZOOKEEPER = "zookeeper";

    private final LabFolder folder;
    private final LabNetwork network = LabNetwork.open();
    private final PackagedZooKeeper zooKeeper;
    private final Path refusal;
    private final List<PatroniNode> nodes = new ArrayList<>();

    private PatroniCluster(PatroniPrograms programs, PatroniOptions options) {
        folder = LabFolder.take(null, "orchestra-patroni-");
        zooKeeper = new PackagedZooKeeper(programs, subfolder(ZOOKEEPER));
        network.place(ZOOKEEPER, zooKeeper.port());
        ServerIdentity identity = ServerIdentity.find();
        refusal = refusal(identity);
        for (int i = 1; i <= NODES; i++) {
            Path home = subfolder("pg" + i);
            PatroniNode node = new PatroniNode(programs, identity, "pg" + i, home, folder.path());
            node.configure(options, options.links() ? linkToZooKeeper(node).port() : zooKeeper.port(), refusal);
            nodes.add(node);
        }
    }

    private Path refusal(ServerIdentity identity) {
        Path shared = subfolder("refusal");
        try {
            identity.takeOver(shared);
            return shared.resolve("node");
        } catch (IOException e) {
            throw new LabException("Cannot give away " + shared + ": " + e.getMessage(), e);
        }
    }

    /** The node whose {@code pre_promote} fails, where one is to, once it has been asked; null before. */
    public @Nullable PatroniNode refuser() {
        try {
            return Files.exists(refusal) ? node(Files.readString(refusal).strip()) : null;
        } catch (IOException e) {
            throw new LabException("Cannot read " + refusal + ": " + e.getMessage(), e);
        }
    }

    /** Starts a new cluster and returns when pg1 is primary and the others stream. */
    public static PatroniCluster start(PatroniOptions options) {
        PatroniPrograms programs = PatroniPrograms.find();
        if (!programs.missing().isEmpty()) {
            throw new LabException(programs.missing());
        }
        PatroniCluster cluster = new PatroniCluster(programs, options);
        try {
            cluster.start();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void start() {
        zooKeeper.start();
        PatroniNode first = nodes.get(0);
        first.start();
        Poll.until(START_TIMEOUT, () -> isPrimary(first), () -> "no primary: " + first.logTail());
        nodes.subList(1, NODES).forEach(PatroniNode::start);
        awaitStreaming(first);
    }

    /** A folder for somebody who takes part. */
    public Path subfolder(String name) {
        try {
            return Files.createDirectories(folder.path().resolve(name));
        } catch (IOException e) {
            throw new LabException("Cannot make a folder for " + name + ": " + e.getMessage(), e);
        }
    }

    public PackagedZooKeeper zooKeeper() {
        return zooKeeper;
    }

    /** Over which this node's Patroni reaches ZooKeeper, if it was set up so. */
    public Link linkToZooKeeper(PatroniNode node) {
        return network.link(node.name(), ZOOKEEPER);
    }

    public List<PatroniNode> nodes() {
        return List.copyOf(nodes);
    }

    public PatroniNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LabException("No node \"" + name + "\"; there are " + nodes + "."));
    }

    /** Whether it takes writes. */
    public static boolean isPrimary(PatroniNode node) {
        return answers(node, "SELECT NOT pg_is_in_recovery()", "t");
    }

    /** Returns when all others stream from this primary, and Patroni knows. */
    public void awaitStreaming(PatroniNode primary) {
        Poll.until(
                START_TIMEOUT,
                () -> answers(
                                primary,
                                "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'",
                                Integer.toString(NODES - 1))
                        && runningReplicas(primary) == NODES - 1,
                () -> "no " + (NODES - 1) + " standbys of " + primary + "; "
                        + nodes.stream().map(PatroniNode::logTail).collect(Collectors.joining("\n")));
    }

    private static int runningReplicas(PatroniNode node) {
        try {
            return node.rest()
                            .cluster()
                            .split("\"role\": ?\"(replica|sync_standby)\", \"state\": ?\"(running|streaming)\"", -1)
                            .length
                    - 1;
        } catch (LabException e) {
            return 0;
        }
    }

    private static boolean answers(PatroniNode node, String question, String answer) {
        try {
            return node.ask(question).equals(answer);
        } catch (LabException e) {
            return false;
        }
    }

    /** Stops all at once. */
    @Override
    public void close() {
        CompletableFuture.allOf(nodes.stream()
                        .map(node -> CompletableFuture.runAsync(node::close))
                        .toArray(CompletableFuture[]::new))
                .join();
        zooKeeper.close();
        network.close();
        folder.close();
    }
}
