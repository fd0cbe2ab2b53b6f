package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.proxy.admin.ClusterRow;
import io.pgorchestra.proxy.admin.EpochRow;
import io.pgorchestra.proxy.admin.NodeRow;
import io.pgorchestra.proxy.config.ClusterConfig;
import io.pgorchestra.proxy.standby.Standby;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What SHOW CLUSTER, NODES and EPOCHS say. */
final class ClusterRows {

    private static final long FOR_EVER = -1;
    private static final long UNKNOWN = -1;

    private ClusterRows() {}

    /** A node that nobody watches. */
    static ClusterRow unwatched(ClusterConfig config) {
        Node node = config.nodes().get(0);
        return new ClusterRow(config.name(), "static", "fixed", node.name(), node.address(), 0, 0, FOR_EVER);
    }

    static ClusterRow of(Cluster cluster) {
        Route route = cluster.route().route();
        Node serving = route.mode() == Route.Mode.HOLDING ? null : route.primary();
        Epoch epoch = route.epoch();
        long leaseNanos = route.leaseUntilNanos() - System.nanoTime();
        return new ClusterRow(
                cluster.config().name(),
                lower(cluster.config().discovery()),
                lower(cluster.fence().ask(fence -> fence.state())),
                serving == null ? "" : serving.name(),
                serving == null ? "" : serving.address(),
                epoch == null ? 0 : epoch.token(),
                epoch == null ? 0 : epoch.timeline(),
                Math.max(0, TimeUnit.NANOSECONDS.toMillis(leaseNanos)));
    }

    static List<NodeRow> nodes(Cluster cluster) {
        Node primary = cluster.route().route().primary();
        Map<String, NodeObservation> seen = new HashMap<>();
        cluster.observations().forEach(observation -> seen.put(observation.node(), observation));
        NodeObservation ofPrimary = primary == null ? null : seen.get(primary.name());
        Map<Node, Standby.Look> looks = new HashMap<>();
        cluster.standbys().all().forEach(standby -> looks.put(standby.node(), standby.look()));
        List<NodeRow> rows = new ArrayList<>();
        for (Node node : cluster.nodes()) {
            NodeObservation observation = seen.getOrDefault(node.name(), NodeObservation.unreachable(node.name()));
            rows.add(new NodeRow(
                    node.name(),
                    node.host(),
                    node.port(),
                    role(observation, node.equals(primary)),
                    observation.timeline(),
                    observation.lsn(),
                    observation.replayedLsn(),
                    lagBytes(observation, ofPrimary),
                    lagMillis(looks.get(node)),
                    reads(looks.get(node)),
                    observation.upstream(),
                    observation.ageMillis(),
                    cluster.trouble(node.name())));
        }
        return rows;
    }

    private static String role(NodeObservation observation, boolean obeyed) {
        return switch (observation.state()) {
            case PRIMARY -> obeyed ? "primary" : "stale";
            case STANDBY -> "standby";
            case NOT_ACCEPTING -> "starting";
            case UNREACHABLE -> "unreachable";
        };
    }

    private static long lagBytes(NodeObservation standby, @Nullable NodeObservation primary) {
        if (standby.state() != NodeObservation.State.STANDBY
                || primary == null
                || primary.state() != NodeObservation.State.PRIMARY) {
            return UNKNOWN;
        }
        return Math.max(0, primary.lsn() - standby.replayedLsn());
    }

    private static long lagMillis(Standby.@Nullable Look look) {
        return look == null || look.lagNanos() == Long.MAX_VALUE
                ? UNKNOWN
                : TimeUnit.NANOSECONDS.toMillis(look.lagNanos());
    }

    private static String reads(Standby.@Nullable Look look) {
        return look == null ? "not looked at yet" : look.fit() ? "fit" : look.why();
    }

    static List<EpochRow> epochs(Cluster cluster) {
        return cluster.happenings().stream()
                .map(happening -> new EpochRow(
                        happening.at(), happening.event(), happening.token(), happening.timeline(), happening.detail()))
                .toList();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
