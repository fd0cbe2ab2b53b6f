package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.EmbeddedPostgres;

/** The configuration of one proxy on a {@link Stage}. */
final class StageYaml {

    private StageYaml() {}

    /**
     * {@code port} is the proxy's own.
     *
     * @param nodes as in {@code cluster.nodes}
     * @param zookeeperPort where it reaches ZooKeeper, if that says who is primary
     * @param conducts whether it takes part in that
     */
    static String of(Setting setting, int port, String nodes, int zookeeperPort, boolean conducts) {
        return """
                listen: 127.0.0.1:%d
                admin_listen: off
                http_listen: off
                auth_type: trust
                admin_users: [%s]
                pool_mode: transaction
                default_pool_size: %d
                max_client_conn: 5000
                failover_hold_timeout: %ds
                cluster:
                  name: main
                  nodes: [%s]
                """.formatted(
                                port,
                                EmbeddedPostgres.SUPERUSER,
                                Stage.POOL_SIZE,
                                setting.hold().toSeconds(),
                                nodes)
                + (setting.conducted() ? authority(setting, zookeeperPort, conducts) : "")
                + setting.reads()
                + """
                databases:
                  "*": {}
                """;
    }

    private static String authority(Setting setting, int zookeeperPort, boolean conducts) {
        return """
                  discovery: znode
                  zookeeper: "127.0.0.1:%d"
                  conductor: %s
                  synchronous: %s
                """.formatted(zookeeperPort, conducts ? "on" : "off", setting.synchronous());
    }
}
