package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.fencing.EpochFile;
import io.pgorchestra.discovery.fencing.FenceEvent;
import io.pgorchestra.discovery.fencing.FenceSettings;
import io.pgorchestra.discovery.fencing.FenceThread;
import io.pgorchestra.discovery.sql.NodeProbes;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.discovery.sql.StaticAuthority;
import io.pgorchestra.discovery.zookeeper.PatroniAuthority;
import io.pgorchestra.discovery.zookeeper.ZnodeAuthority;
import io.pgorchestra.proxy.config.ClusterConfig;
import io.pgorchestra.proxy.server.CurrentRoute;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watched cluster behind the proxy: who is asked for its primary, who looks at its nodes, and the fence between them and the data
 * plane. For all threads.
 */
final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    /** What {@code SHOW EPOCHS} remembers. A failover makes half a dozen. */
    private static final int MAX_EVENTS = 200;

    /** Something that happened to an epoch, and when, for a person. */
    record Happening(Instant at, String event, long token, int timeline, String detail) {}

    private final ClusterConfig config;
    private final String proxy = UUID.randomUUID().toString();
    private final CurrentRoute route = CurrentRoute.fenced(this::suspect);
    private final NodeProbes probes;
    private final FenceThread fence;
    private final Deque<Happening> happenings = new ArrayDeque<>();
    private volatile boolean started;

    Cluster(ClusterConfig config, Path base, List<ProxyLoop> loops) {
        this.config = config;
        this.probes = new NodeProbes(
                config.nodes(),
                SqlSettings.of(config.probeUser(), config.probePassword(), config.probeDbname()),
                System::nanoTime);
        this.fence = new FenceThread(
                proxy,
                settings(config),
                new ProxyDataPlane(loops, route),
                authority(base),
                probes::lookNow,
                probes::latest,
                new EpochFile(base.resolve(config.epochFile())),
                this::happened);
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

    void start() {
        LOG.info("cluster watched name={} discovery={} nodes={}", config.name(), config.discovery(), config.nodes());
        probes.start();
        fence.start();
        started = true;
    }

    /** Where writes may go now. */
    CurrentRoute route() {
        return route;
    }

    ClusterConfig config() {
        return config;
    }

    FenceThread fence() {
        return fence;
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

    private void suspect() {
        if (started) {
            fence.suspect();
        }
    }

    private void happened(FenceEvent event) {
        happened(event.kind().name(), event.isAlarm(), event.epoch(), event.detail());
    }

    private void happened(String event, boolean alarm, @Nullable Epoch epoch, String detail) {
        if (alarm) {
            LOG.error("cluster alarm event={} cluster={} epoch={} detail=\"{}\"", event, config.name(), epoch, detail);
        } else {
            LOG.info("cluster event={} cluster={} epoch={} detail=\"{}\"", event, config.name(), epoch, detail);
        }
        synchronized (happenings) {
            happenings.addFirst(new Happening(
                    Instant.now(),
                    event.toLowerCase(Locale.ROOT),
                    epoch == null ? 0 : epoch.token(),
                    epoch == null ? 0 : epoch.timeline(),
                    detail));
            if (happenings.size() > MAX_EVENTS) {
                happenings.removeLast();
            }
        }
    }

    /** The route of a cluster, or null where nobody watches one. */
    static @Nullable CurrentRoute routeOf(@Nullable Cluster cluster) {
        return cluster == null ? null : cluster.route();
    }

    /** Stops writing and cuts the primary's servers; the loops must still run. */
    @Override
    public void close() {
        started = false;
        fence.close();
        probes.close();
    }
}
