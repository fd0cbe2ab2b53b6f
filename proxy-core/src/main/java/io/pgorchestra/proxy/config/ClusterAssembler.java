package io.pgorchestra.proxy.config;

import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import io.pgorchestra.proxy.config.ClusterConfig.Discovery;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** Makes the cluster out of its section, and says what does not fit together. */
final class ClusterAssembler {

    private final Findings findings;
    private final Map<ClusterSetting, Object> values = new EnumMap<>(ClusterSetting.class);
    private final Map<ClusterSetting, Position> positions = new EnumMap<>(ClusterSetting.class);
    private boolean wellFormed = true;

    ClusterAssembler(Findings findings) {
        this.findings = findings;
    }

    ClusterConfig assemble(RawConfig.Section section) {
        section.entries().forEach(this::read);
        ClusterConfig cluster = new ClusterConfig(values);
        if (wellFormed) {
            check(cluster, section.position());
        }
        return cluster;
    }

    private void read(RawConfig.Entry entry) {
        ClusterSetting setting = ClusterSetting.of(entry.key());
        if (setting == null) {
            findings.unknownKey(entry.position(), "unknown key of cluster", entry.key(), ClusterSetting.allNames());
            return;
        }
        positions.put(setting, entry.position());
        Object value = setting.type().parse(entry.value());
        if (value == null) {
            wellFormed = false;
            findings.problem(
                    entry.position(),
                    "cluster." + entry.key(),
                    setting.secret() ? "" : entry.value(),
                    setting.type().expected(),
                    setting.type().adviceOn(entry.value()));
            return;
        }
        values.put(setting, value);
    }

    private void check(ClusterConfig cluster, Position section) {
        if (cluster.discovery() == Discovery.STATIC && cluster.nodes().isEmpty()) {
            problem(ClusterSetting.NODES, section, "", "HOST:PORT of each node", "name them");
        }
        if (cluster.discovery() != Discovery.STATIC && !cluster.namesZookeeper()) {
            problem(ClusterSetting.ZOOKEEPER, section, "", "HOST:PORT of each ZooKeeper server", "name them");
        }
        if (cluster.namesZookeeper()) {
            try {
                cluster.zookeeper(Path.of(""));
            } catch (IllegalArgumentException wrong) {
                problem(
                        ClusterSetting.ZOOKEEPER,
                        section,
                        "",
                        String.valueOf(wrong.getMessage()),
                        SettingType.CORRECT_THE_VALUE);
            }
        }
        try {
            cluster.readWeights();
        } catch (IllegalArgumentException wrong) {
            problem(
                    ClusterSetting.READ_WEIGHTS,
                    section,
                    String.valueOf(cluster.value(ClusterSetting.READ_WEIGHTS)),
                    String.valueOf(wrong.getMessage()),
                    SettingType.CORRECT_THE_VALUE);
        }
        if (cluster.conductor() && cluster.discovery() != Discovery.ZNODE) {
            problem(
                    ClusterSetting.CONDUCTOR,
                    section,
                    "on",
                    "discovery: znode",
                    "with patroni it is Patroni that conducts, with static nobody can");
        }
        if (cluster.conductor() && cluster.nodes().isEmpty()) {
            problem(ClusterSetting.NODES, section, "", "NAME=HOST:PORT of each node", "the conductor must know them");
        }
        if (cluster.conductor()
                && cluster.synchronous() != ClusterConfig.Synchronous.OFF
                && cluster.onDiscoveryLoss() == OnDiscoveryLoss.WITNESS) {
            problem(
                    ClusterSetting.ON_DISCOVERY_LOSS,
                    section,
                    "witness",
                    "hold or serve, where the conductor keeps synchronous standbys",
                    "a process without ZooKeeper would go on until it sees the next primary, which may lack what another standby acknowledged");
        }
    }

    private void problem(ClusterSetting setting, Position section, String value, String expected, String advice) {
        findings.problem(
                positions.getOrDefault(setting, section), "cluster." + setting.settingName(), value, expected, advice);
    }
}
