package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.PostgresOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster is to be.
 *
 * @param node what its nodes have in common; its directory is where the cluster lives, with a folder for each node, null for a temporary
 *     one; its port is that of pg1, and the others take those that follow, 0 for free ones
 */
public record ClusterOptions(PostgresOptions node, int standbys) {

    private static final int MAX_STANDBYS = 9;

    public ClusterOptions {
        if (standbys < 0 || standbys > MAX_STANDBYS) {
            throw new IllegalArgumentException("standbys: " + standbys + " (expected: 0 to " + MAX_STANDBYS + ")");
        }
    }

    @Nullable
    Path directory() {
        return node.directory();
    }

    /** The options of one node; {@code number} counts from 1. */
    PostgresOptions forNode(int number, Path place) {
        PostgresOptions options = node.withDirectory(place)
                .withPort(node.port() == 0 ? 0 : node.port() + number - 1)
                .withSetting("wal_level", "replica")
                .withSetting("hot_standby", "on")
                .withSetting("max_wal_senders", "20")
                .withSetting("wal_keep_size", "512MB")
                .withSetting("wal_log_hints", "on")
                .withSetting("recovery_target_timeline", "latest")
                .withSetting("wal_receiver_status_interval", "1s")
                .withSetting("wal_retrieve_retry_interval", "200ms")
                // A link that is cut tells neither side, so these are what ends a connection over it.
                .withSetting("wal_receiver_timeout", "5s")
                .withSetting("wal_sender_timeout", "5s");
        for (var setting : node.settings().entrySet()) {
            options = options.withSetting(setting.getKey(), setting.getValue());
        }
        return options;
    }
}
