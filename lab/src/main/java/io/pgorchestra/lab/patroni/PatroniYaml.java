package io.pgorchestra.lab.patroni;

import io.pgorchestra.lab.EmbeddedPostgres;
import java.nio.file.Path;

/** The configuration of one Patroni. */
final class PatroniYaml {

    private PatroniYaml() {}

    static String of(
            String name,
            int port,
            int restPort,
            int zookeeperPort,
            Path data,
            Path refusal,
            PatroniPrograms programs,
            PatroniOptions options) {
        return """
                scope: main
                namespace: /service
                name: %s
                restapi:
                  listen: 127.0.0.1:%d
                  connect_address: 127.0.0.1:%d
                zookeeper:
                  hosts: ['127.0.0.1:%d']
                bootstrap:
                  dcs:
                    ttl: %d
                    loop_wait: %d
                    retry_timeout: %d
                    synchronous_mode: %b
                    failsafe_mode: %b
                    postgresql:
                      use_pg_rewind: true
                      use_slots: true
                  initdb: [{encoding: UTF8}, data-checksums]
                postgresql:
                  listen: 127.0.0.1:%d
                  connect_address: 127.0.0.1:%d
                  data_dir: %s
                  bin_dir: %s
                  authentication:
                    superuser: {username: %s}
                    replication: {username: replicator}
                  pg_hba:
                    - host all all 127.0.0.1/32 trust
                    - host replication all 127.0.0.1/32 trust
                  basebackup: [{checkpoint: fast}]
                  %s
                  parameters:
                    fsync: 'off'
                    shared_buffers: 32MB
                    unix_socket_directories: ''
                """.formatted(
                        name,
                        restPort,
                        restPort,
                        zookeeperPort,
                        options.ttl().toSeconds(),
                        options.loopWait().toSeconds(),
                        options.retryTimeout().toSeconds(),
                        options.synchronous(),
                        options.failsafe(),
                        port,
                        port,
                        data,
                        programs.postgres(),
                        EmbeddedPostgres.SUPERUSER,
                        prePromote(name, refusal, options));
    }

    private static String prePromote(String name, Path refusal, PatroniOptions options) {
        if (options.refusing()) {
            // Whoever comes first leaves its name; set -C has nobody write over it.
            return "pre_promote: sh -c '(set -C; echo %s > %s) 2>/dev/null; test %s != $(cat %s)'"
                    .formatted(name, refusal, name, refusal);
        }
        return options.prePromote().isZero()
                ? ""
                : "pre_promote: sleep " + options.prePromote().toSeconds();
    }
}
