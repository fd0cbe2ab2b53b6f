package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Pgpool-II. It has no transaction pooling: each client has a process, and each process a server connection. So it takes as many clients as it
 * has processes, and Postgres must allow as many connections.
 */
record PgpoolPeer(String binary) implements Peer {

    static final int PROCESSES = 520;

    @Override
    public String name() {
        return "Pgpool";
    }

    @Override
    public String version(Children children) {
        return children.run(List.of(binary, "--version"), Map.of())
                .lines()
                .findFirst()
                .orElse("Pgpool");
    }

    @Override
    public List<String> prepare(Path directory, int port, Endpoint postgres) throws IOException {
        Path settings = directory.resolve("pgpool.conf");
        Files.writeString(settings, """
                backend_clustering_mode = 'raw'
                listen_addresses = '127.0.0.1'
                port = %1$d
                socket_dir = '%2$s'
                pcp_listen_addresses = ''
                pcp_socket_dir = '%2$s'
                pid_file_name = '%2$s/pgpool.pid'
                logdir = '%2$s'
                backend_hostname0 = '%3$s'
                backend_port0 = %4$d
                backend_flag0 = 'DISALLOW_TO_FAILOVER'
                enable_pool_hba = off
                num_init_children = %5$d
                max_pool = 1
                load_balance_mode = off
                """.formatted(port, directory, postgres.host(), postgres.port(), PROCESSES));
        Path pcp = Files.writeString(directory.resolve("pcp.conf"), "");
        return List.of(binary, "-n", "-f", settings.toString(), "-F", pcp.toString());
    }
}
