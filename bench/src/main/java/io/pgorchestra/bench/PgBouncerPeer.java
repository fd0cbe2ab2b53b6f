package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** PgBouncer. */
record PgBouncerPeer(String binary) implements Peer {

    @Override
    public String name() {
        return "PgBouncer";
    }

    @Override
    public String version(Children children) {
        return children.run(List.of(binary, "--version"), Map.of())
                .lines()
                .findFirst()
                .orElse("PgBouncer");
    }

    @Override
    public List<String> prepare(Path directory, int port, Endpoint postgres) throws IOException {
        Path users = Files.writeString(directory.resolve("userlist.txt"), "\"" + postgres.user() + "\" \"\"\n");
        Path settings = directory.resolve("pgbouncer.ini");
        Files.writeString(
                settings, """
                [databases]
                * = host=%s port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = %d
                max_prepared_statements = 200
                log_connections = 0
                log_disconnections = 0
                log_stats = 0
                """.formatted(postgres.host(), postgres.port(), port, users, POOL_SIZE, MAX_CLIENTS));
        List<String> command = new ArrayList<>(List.of(binary, "-q"));
        if (System.getProperty("user.name").equals("root")) {
            // PgBouncer refuses to stay root.
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return command;
    }
}
