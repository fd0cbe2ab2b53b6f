package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LoopbackPort;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.history.History;
import io.pgorchestra.lab.history.HistoryRecorder;
import io.pgorchestra.lab.history.Operation;
import io.pgorchestra.lab.history.Outcome;
import io.pgorchestra.lab.history.Workload;
import io.pgorchestra.lab.history.WorkloadOptions;
import io.pgorchestra.lab.patroni.PatroniCluster;
import io.pgorchestra.lab.patroni.PatroniNode;
import io.pgorchestra.lab.patroni.PatroniOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a scenario with Patroni is played on: Patroni conducts, two proxies px1 and px2 follow, and clients of both take everything down. */
final class PatroniStage implements Playhouse {

    /** Patroni's loops and sessions, one after the other, on a machine that is busy with other things. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int ENOUGH_WRITES = 40;

    private final PatroniOptions options;
    private final Consumer<String> progress;
    private final PatroniCluster cluster;
    private final List<StagedProxy> proxies = new ArrayList<>();
    private final List<StagedProxy> late = new ArrayList<>();
    private final HistoryRecorder recorder = new HistoryRecorder();
    private @Nullable Workload workload;

    private PatroniStage(PatroniOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
        cluster = PatroniCluster.start(options);
    }

    /** Starts all of it; returns when both proxies send writes to the primary. */
    static PatroniStage set(PatroniOptions options, Consumer<String> progress) {
        PatroniStage stage = new PatroniStage(options, progress);
        try {
            stage.proxies.add(stage.startProxy("px1"));
            stage.proxies.add(stage.startProxy("px2"));
            stage.proxies.forEach(proxy -> Stage.awaitOpen(proxy, "pg1"));
            return stage;
        } catch (RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }

    private StagedProxy startProxy(String name) {
        int port = LoopbackPort.findFree();
        String yaml = """
                listen: 127.0.0.1:%d
                admin_listen: off
                http_listen: off
                auth_type: trust
                admin_users: [%s]
                pool_mode: transaction
                default_pool_size: %d
                failover_hold_timeout: 120s
                cluster:
                  name: main
                  discovery: patroni
                  zookeeper: "127.0.0.1:%d"
                  path: /service/main
                  on_discovery_loss: %s
                databases:
                  "*": {}
                """.formatted(
                        port,
                        EmbeddedPostgres.SUPERUSER,
                        Stage.POOL_SIZE,
                        cluster.zooKeeper().port(),
                        options.failsafe() ? "witness" : "hold");
        return StagedProxy.here(
                name,
                port,
                yaml,
                cluster.subfolder(name),
                (primary, next) -> CompletableFuture.failedFuture(new IllegalStateException("Patroni does that")));
    }

    /** One that knows nothing of what was before, and takes no clients of the workload. */
    StagedProxy startLateProxy(String name) {
        StagedProxy proxy = startProxy(name);
        late.add(proxy);
        return proxy;
    }

    PatroniCluster cluster() {
        return cluster;
    }

    List<StagedProxy> proxies() {
        return proxies;
    }

    StagedProxy first() {
        return proxies.get(0);
    }

    /** The node that the first proxy obeys. */
    PatroniNode primary() {
        String primary = first().primary();
        Stage.require(!primary.isEmpty(), first() + " sends writes to nobody: " + first().cluster());
        return cluster.node(primary);
    }

    List<PatroniNode> others(PatroniNode than) {
        return cluster.nodes().stream().filter(node -> node != than).toList();
    }

    HistoryRecorder recorder() {
        return recorder;
    }

    /** Something is broken or mended now. */
    void fault(String what) {
        progress.accept(what);
        recorder.fault(what);
    }

    @Override
    public void startWorkload() throws SQLException {
        PatroniNode primary = primary();
        try (Connection connection = primary.connect()) {
            Workload.createTable(connection);
        }
        cluster.awaitStreaming(primary);
        workload = Workload.start(
                new WorkloadOptions(
                        proxies.stream()
                                .map(proxy -> new WorkloadOptions.Target(proxy.name(), proxy.jdbcUrl()))
                                .toList(),
                        4,
                        4,
                        4,
                        Duration.ofMillis(5),
                        Duration.ofSeconds(150)),
                recorder);
        awaitWrites();
    }

    @Override
    public History endWorkload() throws SQLException {
        Workload running = workload;
        if (running == null) {
            throw new IllegalStateException("no clients run");
        }
        running.stop();
        Map<Integer, String> names =
                cluster.nodes().stream().collect(Collectors.toMap(PatroniNode::port, PatroniNode::name));
        try (Connection connection = primary().connect()) {
            return recorder.history(Workload.storedRows(connection), names);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        Poll.until(PATIENCE, condition, () -> "not within " + PATIENCE.toSeconds() + " s: " + what);
    }

    static void awaitState(StagedProxy proxy, String state) {
        await(proxy + " is " + state, () -> state.equals(proxy.cluster().get("state")));
    }

    /** Returns when both proxies send writes to one node other than this. */
    void awaitOther(PatroniNode former) {
        awaitOpen(node -> !node.equals(former.name()));
        String next = first().primary();
        awaitOpen(node -> node.equals(next));
    }

    void awaitOpen(Predicate<String> wanted) {
        for (StagedProxy proxy : proxies) {
            Poll.until(
                    PATIENCE,
                    () -> {
                        String primary = proxy.primary();
                        return !primary.isEmpty() && wanted.test(primary);
                    },
                    () -> proxy + " does not send writes after " + PATIENCE.toSeconds() + " s: " + proxy.cluster()
                            + ", " + proxy.show("NODES") + ", " + proxy.show("EPOCHS"));
        }
    }

    void awaitRole(PatroniNode node, String role) {
        proxies.forEach(
                proxy -> await(proxy + " sees " + node + " as " + role, () -> role.equals(proxy.role(node.name()))));
    }

    @Override
    public void awaitWrites() {
        for (StagedProxy proxy : proxies) {
            long enough = writes(proxy) + ENOUGH_WRITES;
            Poll.until(
                    PATIENCE,
                    () -> writes(proxy) >= enough,
                    () -> "no writes through " + proxy + " within " + PATIENCE.toSeconds() + " s: " + proxy.cluster()
                            + ", " + proxy.show("NODES") + ", " + proxy.show("EPOCHS"));
        }
    }

    private long writes(StagedProxy proxy) {
        return recorder.count(
                operation -> operation.proxy().equals(proxy.name()) && operation.is(Operation.Kind.WRITE, Outcome.OK));
    }

    @Override
    public void close() {
        Workload running = workload;
        late.forEach(StagedProxy::close);
        proxies.forEach(StagedProxy::close);
        if (running != null) {
            running.close();
        }
        cluster.close();
    }
}
