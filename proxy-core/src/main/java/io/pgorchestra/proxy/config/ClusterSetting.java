package io.pgorchestra.proxy.config;

import static io.pgorchestra.proxy.config.SettingTypes.constant;
import static io.pgorchestra.proxy.config.SettingTypes.duration;
import static io.pgorchestra.proxy.config.SettingTypes.flag;
import static io.pgorchestra.proxy.config.SettingTypes.nodes;
import static io.pgorchestra.proxy.config.SettingTypes.text;

import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every key of the section {@code cluster}: the one table behind the reader and docs/configuration.md. A change needs a restart. */
@SuppressWarnings("ImmutableEnumChecker") // As in Setting.
public enum ClusterSetting {
    NAME(text(), "main", "what it is called, in logs and in ZooKeeper"),
    DISCOVERY(
            constant(ClusterConfig.Discovery.class, '_', Map.of()),
            "static",
            "who says which node is the primary: `static` (the nodes themselves), `znode` (our znode), `patroni` (Patroni's, in ZooKeeper)"),
    NODES(
            nodes(),
            "",
            "`HOST:PORT` or `NAME=HOST:PORT` of each. With `static` and one node the proxy asks nobody and fences nothing, as PgBouncer"),
    ZOOKEEPER(text(), "", "`HOST:PORT` of each ZooKeeper server, separated by commas; a chroot may follow"),
    ZOOKEEPER_AUTH(text(), "", "`USER:PASSWORD` of the digest scheme"),
    ZOOKEEPER_TLS(flag(), "off", "speak TLS to ZooKeeper"),
    ZOOKEEPER_TLS_TRUSTSTORE(text(), "", "JKS, PKCS12 or PEM file of the authorities trusted; none: the JDK's"),
    ZOOKEEPER_TLS_TRUSTSTORE_PASSWORD(text(), "", "its password"),
    ZOOKEEPER_TLS_KEYSTORE(text(), "", "file with this process's certificate, if ZooKeeper asks for one"),
    ZOOKEEPER_TLS_KEYSTORE_PASSWORD(text(), "", "its password"),
    PATH(text(), "", "znode of the cluster; default `/orchestra/NAME`, with `patroni` `/service/NAME`"),
    PROBE_USER(text(), "postgres", "role that looks at the nodes; with the conductor a superuser"),
    PROBE_PASSWORD(text(), "", "its password"),
    PROBE_DBNAME(text(), "postgres", "database it connects to"),
    LEASE(duration(), "4", "how long writes go on after the authority last confirmed the primary"),
    ON_DISCOVERY_LOSS(
            constant(OnDiscoveryLoss.class, '_', Map.of()),
            "hold",
            "what becomes of writes after that: `hold`, `witness` (go on while all nodes vouch for the primary) or `serve` (go on for `serve_max`)"),
    SERVE_MAX(duration(), "60", "with `serve`: for how long"),
    CONDUCTOR(flag(), "off", "with `znode`: this process may conduct failovers, where no Patroni or repmgr does"),
    SYNCHRONOUS(
            constant(ClusterConfig.Synchronous.class, '_', Map.of()),
            "off",
            "synchronous standbys that the conductor keeps: `off`, `on` (one) or `quorum` (any one of all)"),
    MAX_STANDBY_LAG(
            duration(),
            "10",
            "a standby that may lack something older than this serves no reads; neither does one whose lag is unknown"),
    READ_WEIGHTS(
            text(),
            "",
            "shares of the standbys in reads, as `NAME=WEIGHT` separated by commas; 1 where none is given, 0 for none"),
    DEMOTE_COMMAND(
            text(),
            "",
            "program that stops a primary in order and starts it as a standby, for SWITCHOVER; called with name, host and port of it and of the next one, and a file for the position at which it stopped (see failover.md)"),
    EPOCH_FILE(
            text(),
            "",
            "where the last epoch is kept over restarts; default `NAME.epoch` beside the configuration file");

    private static final Map<String, ClusterSetting> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(ClusterSetting::settingName, Function.identity()));

    private final SettingType<?> type;
    private final Object defaultValue;
    private final String meaning;

    ClusterSetting(SettingType<?> type, String defaultText, String meaning) {
        this.type = type;
        Object value = type.parse(defaultText);
        if (value == null) {
            throw new IllegalArgumentException("default: " + defaultText + " (expected: " + type.expected() + ")");
        }
        this.defaultValue = value;
        this.meaning = meaning;
    }

    static @Nullable ClusterSetting of(String name) {
        return BY_NAME.get(name);
    }

    static List<String> allNames() {
        return Arrays.stream(values()).map(ClusterSetting::settingName).toList();
    }

    /** The key in the file. */
    public String settingName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it does, in Markdown. */
    public String meaning() {
        return meaning;
    }

    SettingType<?> type() {
        return type;
    }

    Object defaultValue() {
        return defaultValue;
    }

    /** Whether its value is a secret, and printed nowhere. */
    boolean secret() {
        return switch (this) {
            case PROBE_PASSWORD, ZOOKEEPER_AUTH, ZOOKEEPER_TLS_TRUSTSTORE_PASSWORD, ZOOKEEPER_TLS_KEYSTORE_PASSWORD ->
                true;
            default -> false;
        };
    }
}
