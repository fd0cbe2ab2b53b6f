package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.conductor.ConductorEvent;
import io.pgorchestra.discovery.conductor.ConductorSettings;
import io.pgorchestra.discovery.conductor.ConductorThread;
import io.pgorchestra.discovery.conductor.SynchronousMode;
import io.pgorchestra.discovery.fencing.EpochFile;
import io.pgorchestra.discovery.fencing.FenceEvent;
import io.pgorchestra.discovery.fencing.FenceSettings;
import io.pgorchestra.discovery.fencing.FenceThread;
import io.pgorchestra.discovery.sql.ConductedNodes;
import io.pgorchestra.discovery.sql.Demotion;
import io.pgorchestra.discovery.sql.NodeProbes;
import io.pgorchestra.discovery.sql.SqlNodeControl;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.discovery.sql.StaticAuthority;
import io.pgorchestra.discovery.zookeeper.ConductorZnode;
import io.pgorchestra.discovery.zookeeper.PatroniAuthority;
import io.pgorchestra.discovery.zookeeper.ZnodeAuthority;
import io.pgorchestra.proxy.config.ClusterConfig;
import io.pgorchestra.proxy.server.CurrentRoute;
import io.pgorchestra.proxy.standby.Standbys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watched cluster behind the proxy: who is asked for its primary, who looks at its nodes, the fence between them and the data plane,
 * and the conductor if one runs here. For all threads.
 */
final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    /** What {@code SHOW EPOCHS} remembers. A failover makes a dozen. */
    private static final int MAX_HAPPENINGS = 200;

    /** A drain, a checkpoint and a promotion take seconds; who asked is not to wait for ever. */
    private static final long SWITCHOVER_LIMIT_SECONDS = 90;

    /** How long after a write it takes at most until a standby may be known to have it. */
    private static final Duration LOOKS_FOR_READS = Duration.ofMillis(100);

    /** Something that happened to an epoch, and when, for a person. */
    record Happening(Instant at, String event, long token, int timeline, String detail) {}

    private final ClusterConfig config;
    private final CurrentRoute route = CurrentRoute.fenced(this::suspect);
    private final NodeProbes probes;
    private final Standbys standbys;
    /** Bound to the fence's thread. */
    private final WatchedNodes watchedNodes;

    private final FenceThread fence;
    private final @Nullable ConductorThread conductor;
    private final Deque<Happening> happenings = new ArrayDeque<>();
    private final Map<Node, NodeObservation.State> states = new ConcurrentHashMap<>();
    private volatile boolean started;

    /** The switchover that somebody waits for; null for none. */
    private volatile @Nullable CompletableFuture<Void> switchover;

    /** @param demotion how a switchover stops the old primary, where a conductor runs here */
    Cluster(ClusterConfig config, Path base, List<ProxyLoop> loops, Demotion demotion) {
        this.config = config;
        SqlSettings sql = SqlSettings.of(config.probeUser(), config.probePassword(), config.probeDbname());
        FenceSettings settings = settings(config);
        this.probes = new NodeProbes(config.nodes(), sql, System::nanoTime);
        this.standbys = new Standbys(
                config.readWeights(),
                config.maxStandbyLag(),
                config.conductor() && config.synchronous() != ClusterConfig.Synchronous.OFF,
                route::route,
                System::nanoTime,
                new StandbyDataPlane(loops, () -> probes.atLeastEvery(LOOKS_FOR_READS)));
        this.watchedNodes = new WatchedNodes(config.nodes());
        Authority authority = authority(base);
        this.conductor = config.conductor() && authority instanceof ZnodeAuthority znode
                ? conductor(znode, settings, sql, demotion)
                : null;
        this.fence = new FenceThread(
                ConductorThread.processName(config.conductor()),
                settings,
                new ProxyDataPlane(loops, route, standbys),
                authority,
                probes::lookNow,
                probes::latest,
                new EpochFile(base.resolve(config.epochFile())),
                this::happened,
                this::confirmed);
    }

    private Authority authority(Path base) {
        return switch (config.discovery()) {
            case STATIC -> new StaticAuthority(probes);
            case ZNODE -> new ZnodeAuthority(config.zookeeper(base));
            case PATRONI ->
                new PatroniAuthority(config.zookeeper(base), PatroniAuthority.defaultProxies(config.path()));
        };
    }

    private static FenceSettings settings(ClusterConfig config) {
        FenceSettings defaults = FenceSettings.DEFAULT;
        return new FenceSettings(
                config.lease(),
                defaults.sessionTimeout(),
                defaults.confirmEvery(),
                defaults.hurriedConfirmEvery(),
                config.onDiscoveryLoss(),
                config.serveMax());
    }

    private ConductorThread conductor(ZnodeAuthority znode, FenceSettings fencing, SqlSettings sql, Demotion demotion) {
        SynchronousMode mode = switch (config.synchronous()) {
            case OFF -> SynchronousMode.OFF;
            case ON -> SynchronousMode.ON;
            case QUORUM -> SynchronousMode.QUORUM;
        };
        SqlNodeControl control = new SqlNodeControl(sql.withTimeout(SqlNodeControl.DEFAULT_TIMEOUT));
        return new ConductorThread(
                ConductorSettings.DEFAULT.withSynchronous(mode, 1),
                fencing,
                thread -> new ConductorZnode(znode.primary(), thread),
                thread -> new ConductedNodes(probes, control, demotion, thread),
                config.nodes(),
                this::conducted,
                this::suspect);
    }

    void start() {
        LOG.info(
                "cluster watched name={} discovery={} nodes={} conductor={}",
                config.name(),
                config.discovery(),
                config.nodes(),
                config.conductor());
        probes.onLook((node, observation, askedNanos) -> {
            seen(node, observation.state());
            standbys.seen(node, observation, askedNanos);
        });
        probes.start();
        started = true;
        fence.start();
    }

    /** Where writes may go now. */
    CurrentRoute route() {
        return route;
    }

    /** The nodes as ones to read from. */
    Standbys standbys() {
        return standbys;
    }

    ClusterConfig config() {
        return config;
    }

    FenceThread fence() {
        return fence;
    }

    /** Null where none runs in this process. */
    @Nullable
    ConductorThread conductor() {
        return conductor;
    }

    /** Hands over to a node, or to the best one where the name is empty; complete when the next primary is published. */
    CompletionStage<Void> switchOver(String to) {
        ConductorThread here = conductor;
        if (here == null || !here.switchOver(to.isEmpty() ? null : to)) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("another process conducts now; say it there"));
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        switchover = over;
        return over.orTimeout(SWITCHOVER_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** All that are known. */
    List<Node> nodes() {
        return probes.nodes();
    }

    /** What was last seen of every node. */
    List<NodeObservation> observations() {
        return probes.latest();
    }

    /** Why nothing was seen of this node; empty if something was. */
    String trouble(String node) {
        return probes.trouble(node);
    }

    /** The last things that happened, newest first. */
    List<Happening> happenings() {
        synchronized (happenings) {
            return new ArrayList<>(happenings);
        }
    }

    /** A node that turns out to be something else than before is a reason to ask. */
    private void seen(Node node, NodeObservation.State state) {
        NodeObservation.State before = states.put(node, state);
        if (before != null && before != state) {
            suspect();
        }
    }

    private void suspect() {
        if (started) {
            fence.suspect();
        }
    }

    private void confirmed(ProxyReport mine, Confirmation answer) {
        if (watchedNodes.named(answer.view().members())) {
            probes.watch(watchedNodes.all());
        }
        ConductorThread here = conductor;
        if (here != null) {
            here.confirmed(mine, answer);
        }
    }

    private void happened(FenceEvent event) {
        Epoch epoch = event.epoch();
        happened(
                event.kind().name(),
                event.isAlarm(),
                epoch == null ? 0 : epoch.token(),
                epoch == null ? 0 : epoch.timeline(),
                event.detail());
    }

    private void conducted(ConductorEvent event) {
        boolean alarm = switch (event.kind()) {
            case NO_CANDIDATE, STALE_PRIMARY -> true;
            case FOUNDED,
                    NOT_FOUNDED,
                    PRIMARY_LOST,
                    EPOCH_RAISED,
                    PROMOTING,
                    PROMOTION_FAILED,
                    PUBLISHED,
                    READDRESSED -> false;
            case FORMER_KEPT, SWITCHOVER, SWITCHOVER_ABORTED, SYNCHRONOUS -> false;
        };
        happened("CONDUCTOR_" + event.kind().name(), alarm, event.epoch(), 0, event.detail());
        CompletableFuture<Void> awaited = switchover;
        if (awaited != null && event.kind() == ConductorEvent.Kind.PUBLISHED) {
            awaited.complete(null);
        } else if (awaited != null && event.kind() == ConductorEvent.Kind.SWITCHOVER_ABORTED) {
            awaited.completeExceptionally(new IllegalStateException(event.detail()));
        }
    }

    private void happened(String event, boolean alarm, long token, int timeline, String detail) {
        if (alarm) {
            LOG.error("cluster alarm event={} cluster={} epoch={} detail=\"{}\"", event, config.name(), token, detail);
        } else {
            LOG.info("cluster event={} cluster={} epoch={} detail=\"{}\"", event, config.name(), token, detail);
        }
        synchronized (happenings) {
            happenings.addFirst(new Happening(Instant.now(), event.toLowerCase(Locale.ROOT), token, timeline, detail));
            if (happenings.size() > MAX_HAPPENINGS) {
                happenings.removeLast();
            }
        }
    }

    /** Stops writing and cuts the primary's servers; the loops must still run. */
    @Override
    public void close() {
        started = false;
        ConductorThread here = conductor;
        if (here != null) {
            here.close();
        }
        fence.close();
        probes.close();
    }
}
