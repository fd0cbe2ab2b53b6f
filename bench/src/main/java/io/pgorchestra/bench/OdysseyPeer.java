package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Odyssey, with one worker, as its default is. */
record OdysseyPeer(String binary) implements Peer {

    @Override
    public String name() {
        return "Odyssey";
    }

    @Override
    public String version(Children children) {
        String line = children.run(List.of(binary, "--version"), Map.of())
                .lines()
                .findFirst()
                .orElse("Odyssey");
        return line.replaceFirst("^odyssey", "Odyssey").replaceFirst("(\\d\\S*).*", "$1");
    }

    @Override
    public List<String> prepare(Path directory, int port, Endpoint postgres) throws IOException {
        Path settings = directory.resolve("odyssey.conf");
        Files.writeString(
                settings, """
                daemonize no
                unix_socket_dir "%1$s"
                unix_socket_mode "0600"
                locks_dir "%1$s"
                log_format "%%p %%t %%l %%m\\n"
                log_to_stdout yes
                log_syslog no
                log_config no
                log_session no
                log_stats no
                workers 1
                resolvers 1
                nodelay yes
                client_max %2$d
                listen {
                  host "127.0.0.1"
                  port %3$d
                  backlog 128
                }
                storage "postgres" {
                  type "remote"
                  host "%4$s"
                  port %5$d
                }
                database default {
                  user default {
                    authentication "none"
                    storage "postgres"
                    pool "transaction"
                    pool_size %6$d
                    pool_timeout 0
                    pool_discard no
                    pool_cancel yes
                    pool_rollback yes
                    pool_reserve_prepared_statement yes
                    client_fwd_error yes
                  }
                }
                """.formatted(directory, MAX_CLIENTS, port, postgres.host(), postgres.port(), POOL_SIZE));
        return List.of(binary, settings.toString());
    }
}
