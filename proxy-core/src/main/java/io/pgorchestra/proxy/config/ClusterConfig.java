package io.pgorchestra.proxy.config;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import io.pgorchestra.discovery.zookeeper.ZookeeperSettings;
import io.pgorchestra.discovery.zookeeper.ZookeeperSettings.Digest;
import io.pgorchestra.discovery.zookeeper.ZookeeperSettings.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Postgres cluster behind the proxy, and how its primary is found. Immutable. */
public final class ClusterConfig {

    /** Who says which node is the primary. */
    public enum Discovery {
        /** The nodes themselves, where there are several; else the file. */
        STATIC,
        /** Our znode. */
        ZNODE,
        /** Patroni's znode. */
        PATRONI
    }

    /** Which standbys a commit waits for. */
    public enum Synchronous {
        OFF,
        ON,
        QUORUM
    }

    private static final Pattern WEIGHT = Pattern.compile("([^=\\s]+)\\s*=\\s*(\\d{1,3}|1000)");

    private final Map<ClusterSetting, Object> values;

    /** Whether its nodes are copies of each other; those of a pgbouncer.ini are strangers, each with databases of its own. */
    private final boolean oneCluster;

    ClusterConfig(Map<ClusterSetting, Object> given) {
        this(given, true);
    }

    private ClusterConfig(Map<ClusterSetting, Object> given, boolean oneCluster) {
        this.oneCluster = oneCluster;
        Map<ClusterSetting, Object> all = new EnumMap<>(ClusterSetting.class);
        for (ClusterSetting setting : ClusterSetting.values()) {
            all.put(setting, given.getOrDefault(setting, setting.defaultValue()));
        }
        values = Collections.unmodifiableMap(all);
    }

    /** Of nodes that a file names and nobody watches. */
    static ClusterConfig of(List<Node> nodes) {
        return new ClusterConfig(Map.of(ClusterSetting.NODES, List.copyOf(nodes)), false);
    }

    public String name() {
        return text(ClusterSetting.NAME);
    }

    public Discovery discovery() {
        return (Discovery) value(ClusterSetting.DISCOVERY);
    }

    /** The nodes that the file names, in its order; of a pgbouncer.ini every host that its databases name. May be none where ZooKeeper tells. */
    @SuppressWarnings("unchecked") // SettingTypes.nodes makes it.
    public List<Node> nodes() {
        return (List<Node>) value(ClusterSetting.NODES);
    }

    /** Whether somebody tells who is primary, so that writes are fenced; if not, the one node is the primary, whatever it is. */
    public boolean isWatched() {
        return oneCluster && (discovery() != Discovery.STATIC || nodes().size() > 1);
    }

    /** How to reach ZooKeeper, and where this cluster is in it. */
    public ZookeeperSettings zookeeper(Path base) {
        String servers = text(ClusterSetting.ZOOKEEPER);
        int slash = servers.indexOf('/');
        String auth = text(ClusterSetting.ZOOKEEPER_AUTH);
        int colon = auth.indexOf(':');
        return new ZookeeperSettings(
                slash < 0 ? servers : servers.substring(0, slash),
                slash < 0 ? "" : servers.substring(slash),
                path(),
                ZookeeperSettings.DEFAULT_SESSION_TIMEOUT,
                colon < 0 ? null : new Digest(auth.substring(0, colon), auth.substring(colon + 1)),
                (Boolean) value(ClusterSetting.ZOOKEEPER_TLS) ? tls(base) : null);
    }

    private Tls tls(Path base) {
        return new Tls(
                file(base, ClusterSetting.ZOOKEEPER_TLS_TRUSTSTORE),
                text(ClusterSetting.ZOOKEEPER_TLS_TRUSTSTORE_PASSWORD),
                file(base, ClusterSetting.ZOOKEEPER_TLS_KEYSTORE),
                text(ClusterSetting.ZOOKEEPER_TLS_KEYSTORE_PASSWORD));
    }

    private @Nullable Path file(Path base, ClusterSetting setting) {
        String name = text(setting);
        return name.isEmpty() ? null : base.resolve(name);
    }

    boolean namesZookeeper() {
        return !text(ClusterSetting.ZOOKEEPER).isEmpty();
    }

    /** The znode of this cluster. */
    public String path() {
        String given = text(ClusterSetting.PATH);
        if (!given.isEmpty()) {
            return given;
        }
        return (discovery() == Discovery.PATRONI ? "/service/" : "/orchestra/") + name();
    }

    public String probeUser() {
        return text(ClusterSetting.PROBE_USER);
    }

    public String probePassword() {
        return text(ClusterSetting.PROBE_PASSWORD);
    }

    public String probeDbname() {
        return text(ClusterSetting.PROBE_DBNAME);
    }

    public Duration lease() {
        return (Duration) value(ClusterSetting.LEASE);
    }

    public OnDiscoveryLoss onDiscoveryLoss() {
        return (OnDiscoveryLoss) value(ClusterSetting.ON_DISCOVERY_LOSS);
    }

    public Duration serveMax() {
        return (Duration) value(ClusterSetting.SERVE_MAX);
    }

    public boolean conductor() {
        return (Boolean) value(ClusterSetting.CONDUCTOR);
    }

    public Synchronous synchronous() {
        return (Synchronous) value(ClusterSetting.SYNCHRONOUS);
    }

    public Duration maxStandbyLag() {
        return (Duration) value(ClusterSetting.MAX_STANDBY_LAG);
    }

    /**
     * By node name, where one is given.
     *
     * @throws IllegalArgumentException if they make no sense
     */
    public Map<String, Integer> readWeights() {
        Map<String, Integer> weights = new TreeMap<>();
        for (String entry : text(ClusterSetting.READ_WEIGHTS).split(",", -1)) {
            if (entry.isBlank()) {
                continue;
            }
            Matcher matcher = WEIGHT.matcher(entry.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("NAME=WEIGHT, a weight from 0 to 1000, separated by commas");
            }
            weights.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }
        return weights;
    }

    /** Empty: there is none. */
    public String demoteCommand() {
        return text(ClusterSetting.DEMOTE_COMMAND);
    }

    /** Relative to the configuration file. */
    public String epochFile() {
        String given = text(ClusterSetting.EPOCH_FILE);
        return given.isEmpty() ? name() + ".epoch" : given;
    }

    private String text(ClusterSetting setting) {
        return (String) value(setting);
    }

    Object value(ClusterSetting setting) {
        return Objects.requireNonNull(values.get(setting));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClusterConfig that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return name() + " " + nodes();
    }
}
