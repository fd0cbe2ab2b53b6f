package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.discovery.sql.Demotion;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LoopbackPort;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.PostgresBinaries;
import io.pgorchestra.lab.PostgresOptions;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.history.History;
import io.pgorchestra.lab.history.HistoryRecorder;
import io.pgorchestra.lab.history.Operation;
import io.pgorchestra.lab.history.Outcome;
import io.pgorchestra.lab.history.Workload;
import io.pgorchestra.lab.history.WorkloadOptions;
import io.pgorchestra.lab.link.Link;
import io.pgorchestra.lab.reads.ReadHistory;
import io.pgorchestra.lab.reads.ReadLoad;
import io.pgorchestra.lab.zookeeper.LabZooKeeper;
import io.pgorchestra.proxy.Proxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a scenario is played on: three nodes, a ZooKeeper, two proxies px1 and px2, and clients of both that take everything down. */
final class Stage implements Playhouse {

    /** Longer than any step of a failover may take, for a machine that is busy with other things. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    /** In which a second primary must be noticed. */
    static final Duration ALARM = Duration.ofSeconds(2);

    static final int POOL_SIZE = 8;

    private static final String ZOOKEEPER = "zookeeper";
    private static final String PROXIES = "proxies";
    private static final int STANDBYS = 2;

    /** Twice as many as both pools have servers on one node. */
    private static final int READ_SESSIONS = 32;

    private final Setting setting;
    private final Consumer<String> progress;
    private final LabCluster cluster;
    private final LabZooKeeper zooKeeper;
    private final List<StagedProxy> proxies = new ArrayList<>();
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final SplittableRandom random;
    private @Nullable Workload workload;
    private @Nullable ReadLoad reads;

    private Stage(Setting setting, long seed, Consumer<String> progress) {
        this.setting = setting;
        random = new SplittableRandom(seed);
        this.progress = progress;
        cluster = LabCluster.start(new ClusterOptions(
                PostgresOptions.of(PostgresBinaries.find().newest()).withoutFsync(), STANDBYS));
        zooKeeper = LabZooKeeper.open(cluster.folder().path().resolve(ZOOKEEPER));
    }

    /** Starts all of it; returns when both proxies send writes to the primary. */
    static Stage set(Setting setting, long seed, Consumer<String> progress) {
        Stage stage = new Stage(setting, seed, progress);
        try {
            stage.start();
            return stage;
        } catch (RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }

    private void start() {
        zooKeeper.startAgain();
        cluster.network().place(ZOOKEEPER, zooKeeper.port());
        proxies.add(startProxy("px1", setting.ownLinks()));
        proxies.add(startProxy("px2", setting.apart() || setting.ownLinks()));
        awaitOpen("pg1");
        awaitSteady();
    }

    private StagedProxy startProxy(String name, boolean apart) {
        int port = LoopbackPort.findFree();
        Path folder;
        try {
            folder = Files.createDirectories(cluster.folder().path().resolve(name));
        } catch (IOException e) {
            throw new LabException("Cannot make a folder for " + name + ": " + e.getMessage(), e);
        }
        String yaml = configuration(name, port, !apart || setting.ownLinks());
        return apart
                ? StagedProxy.apart(name, port, yaml, folder, setting.ownLinks() ? layLinks(name, folder) : List.of())
                : StagedProxy.here(name, port, yaml, folder, demotion());
    }

    /** Links of this proxy to all nodes; the options of a JVM that takes them. */
    private List<String> layLinks(String proxy, Path folder) {
        InetAddress own = OwnLinks.address(proxies.size());
        for (LabNode node : cluster.nodes()) {
            cluster.network().link(proxy, node.name(), new InetSocketAddress(own, place(node)));
        }
        return OwnLinks.options(own, folder);
    }

    private Demotion demotion() {
        return (primary, next) -> cluster.demote(cluster.node(primary.name()), cluster.node(next.name()));
    }

    private String configuration(String name, int port, boolean conducts) {
        String nodes = cluster.nodes().stream()
                .map(node -> node.name() + "=" + address(node))
                .collect(Collectors.joining(", "));
        int link = setting.conducted() ? linkToZooKeeper(name).port() : 0;
        return StageYaml.of(setting, port, nodes, link, conducts);
    }

    /** At which the proxies know a node. */
    private String address(LabNode node) {
        return (setting.ownLinks() ? OwnLinks.NAME : EmbeddedPostgres.HOST) + ":" + place(node);
    }

    private int place(LabNode node) {
        return setting.links() ? cluster.network().link(PROXIES, node.name()).port() : node.port();
    }

    // ---- what there is ----

    LabCluster cluster() {
        return cluster;
    }

    LabZooKeeper zooKeeper() {
        return zooKeeper;
    }

    StagedProxy first() {
        return proxies.get(0);
    }

    StagedProxy second() {
        return proxies.get(1);
    }

    List<StagedProxy> proxies() {
        return proxies;
    }

    /** The node that the first proxy obeys. */
    LabNode primary() {
        return cluster.node(first().primary());
    }

    List<LabNode> standbys() {
        LabNode primary = primary();
        return cluster.nodes().stream().filter(node -> node != primary).toList();
    }

    Link linkToZooKeeper(String proxy) {
        return cluster.network().link(proxy, ZOOKEEPER);
    }

    /** Of this rehearsal's seed. */
    SplittableRandom random() {
        return random;
    }

    /** The sessions that read what they write. */
    ReadLoad reads() {
        ReadLoad running = reads;
        if (running == null) {
            throw new IllegalStateException("nobody reads what he writes");
        }
        return running;
    }

    /** The link over which the proxies speak to a node. */
    Link line(LabNode node) {
        return cluster.network().link(PROXIES, node.name());
    }

    /** The link of its own over which a proxy speaks to a node. */
    Link line(StagedProxy proxy, LabNode node) {
        if (!setting.ownLinks()) {
            throw new IllegalStateException("the proxies share their links to the nodes");
        }
        return cluster.network().link(proxy.name(), node.name());
    }

    void tell(String what) {
        progress.accept(what);
    }

    HistoryRecorder recorder() {
        return recorder;
    }

    // ---- what is done ----

    /** Something is broken or mended now. */
    void fault(String what) {
        progress.accept(what);
        recorder.fault(what);
    }

    @Override
    public void startWorkload() throws SQLException {
        try (Connection connection = primary().connect()) {
            Workload.createTable(connection);
        }
        standbys().forEach(cluster::awaitCaughtUp);
        WorkloadOptions options = WorkloadOptions.of(proxies.stream()
                .map(proxy -> new WorkloadOptions.Target(proxy.name(), proxy.jdbcUrl()))
                .toList());
        workload = Workload.start(setting.reads().isEmpty() ? options : options.gentle(), recorder);
        awaitWrites();
        if (!setting.reads().isEmpty()) {
            reads = startReads();
        }
    }

    private ReadLoad startReads() throws SQLException {
        try (Connection connection = primary().connect()) {
            ReadLoad.prepare(connection);
        }
        standbys().forEach(cluster::awaitCaughtUp);
        return ReadLoad.start(proxies.stream().map(StagedProxy::jdbcUrl).toList(), READ_SESSIONS, random.nextLong());
    }

    @Override
    public @Nullable ReadHistory endReads() throws SQLException {
        ReadLoad running = reads;
        if (running == null) {
            return null;
        }
        try (Connection connection = primary().connect()) {
            return running.end(connection);
        }
    }

    @Override
    public History endWorkload() throws SQLException {
        Workload running = workload;
        if (running == null) {
            throw new IllegalStateException("no clients run");
        }
        running.stop();
        Map<Integer, String> names = cluster.nodes().stream().collect(Collectors.toMap(LabNode::port, LabNode::name));
        try (Connection connection = primary().connect()) {
            return recorder.history(Workload.storedRows(connection), names);
        }
    }

    /** Hands over to the best standby, by whoever conducts; returns when that is published. */
    void switchOver() {
        awaitSteady();
        List<String> refusals = new ArrayList<>();
        Poll.until(PATIENCE, () -> isSwitchedOver(refusals), () -> "not switched over: " + refusals);
    }

    private boolean isSwitchedOver(List<String> refusals) {
        for (StagedProxy proxy : proxies) {
            Proxy conductor = proxy.here();
            if (conductor != null) {
                try {
                    conductor.switchOver("").toCompletableFuture().join();
                    return true;
                } catch (CompletionException e) {
                    refusals.add(proxy + ": " + e.getMessage());
                }
            }
        }
        return false;
    }

    // ---- what is waited for ----

    /** Fails the scenario unless it is so. */
    static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new LabException(complaint);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        Poll.until(PATIENCE, condition, () -> "not within " + PATIENCE.toSeconds() + " s: " + what);
    }

    void awaitOpen(String node) {
        proxies.forEach(proxy -> awaitOpen(proxy, node));
    }

    static void awaitOpen(StagedProxy proxy, String node) {
        Poll.until(
                PATIENCE,
                () -> proxy.primary().equals(node),
                () -> proxy + " does not send writes to " + node + " after " + PATIENCE.toSeconds() + " s: "
                        + proxy.cluster() + ", " + proxy.show("NODES") + ", " + proxy.show("EPOCHS"));
    }

    /** Returns when both proxies send writes to one node other than this. */
    void awaitOther(LabNode former) {
        awaitOther(first(), former);
        awaitOpen(first().primary());
    }

    static void awaitOther(StagedProxy proxy, LabNode former) {
        Poll.until(
                PATIENCE,
                () -> {
                    String primary = proxy.primary();
                    return !primary.isEmpty() && !primary.equals(former.name());
                },
                () -> proxy + " has no primary but " + former + " after " + PATIENCE.toSeconds() + " s: "
                        + proxy.cluster() + ", " + proxy.show("NODES") + ", " + proxy.show("EPOCHS"));
    }

    static void awaitState(StagedProxy proxy, String state) {
        await(proxy + " is " + state, () -> state.equals(proxy.cluster().get("state")));
    }

    void awaitRole(LabNode node, String role) {
        proxies.forEach(
                proxy -> await(proxy + " sees " + node + " as " + role, () -> role.equals(proxy.role(node.name()))));
    }

    /** A node takes writes since just now that must not: every console shows it, and whoever conducts has raised an alarm, soon. */
    void requireAlarm(LabNode second) {
        long since = System.nanoTime();
        awaitRole(second, "stale");
        await(
                "an alarm because of " + second,
                () -> proxies.stream().anyMatch(proxy -> proxy.hasSeen("conductor_stale_primary")));
        long millis = (System.nanoTime() - since) / 1_000_000;
        require(
                millis <= ALARM.toMillis(),
                second + " was shown as stale after " + millis + " ms (expected: within " + ALARM.toMillis() + ")");
    }

    /** Returns when every standby streams from the primary, at the address that the proxies know. */
    void awaitSteady() {
        if (!setting.conducted()) {
            return;
        }
        String primary = first().primary();
        await(
                "standbys that stream from " + primary,
                () -> first().show("NODES").stream()
                        .filter(row -> !primary.equals(row.get("name")))
                        .allMatch(row -> row.getOrDefault("upstream", "").equals(address(cluster.node(primary)))));
    }

    @Override
    public void awaitWrites() {
        proxies.forEach(this::awaitWrites);
    }

    void awaitWrites(StagedProxy proxy) {
        long enough = writes(proxy) + 40;
        await("writes through " + proxy, () -> writes(proxy) >= enough);
    }

    long writes(StagedProxy proxy) {
        return recorder.count(
                operation -> operation.proxy().equals(proxy.name()) && operation.is(Operation.Kind.WRITE, Outcome.OK));
    }

    long errors(String sqlState) {
        return recorder.count(operation -> operation.sqlState().equals(sqlState));
    }

    @Override
    public void close() {
        cluster.network().heal();
        cluster.nodes().forEach(LabNode::thaw);
        cluster.nodes().forEach(LabNode::unlockFolder);
        Workload running = workload;
        ReadLoad reading = reads;
        proxies.forEach(StagedProxy::close);
        if (running != null) {
            running.close();
        }
        if (reading != null) {
            reading.close();
        }
        zooKeeper.close();
        cluster.close();
    }
}
