package io.pgorchestra.proxy.config;

import java.util.List;

/**
 * The Postgres cluster behind the proxy, and how its primary is found.
 *
 * @param nodes the nodes that the file names, in its order; of a pgbouncer.ini every host that its databases name
 * @param zookeeper the ZooKeeper servers; empty: none
 * @param path the znode of this cluster; empty: none
 */
public record ClusterConfig(String name, Discovery discovery, List<HostPort> nodes, String zookeeper, String path) {
    public ClusterConfig {
        nodes = List.copyOf(nodes);
    }

    /** Who says which node is the primary. */
    public enum Discovery {
        /** The file. */
        STATIC,
        /** Our znode. */
        ZNODE,
        /** Patroni's znode. */
        PATRONI
    }
}
