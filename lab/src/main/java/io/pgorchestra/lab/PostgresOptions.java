package io.pgorchestra.lab;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node is to be: version, place, port, who may log in, and its settings.
 *
 * @param directory where the node lives, kept after the end; null for a temporary folder that goes with the node
 * @param port the TCP port on 127.0.0.1; 0 for a free one, which then stays the same over restarts
 * @param password the superuser's password; empty for none, which only {@link AuthenticationMethod#TRUST} permits
 * @param hbaLines the whole of {@code pg_hba.conf}; empty for what initdb writes for {@code authentication}
 * @param settings lines of {@code postgresql.conf}, by name
 */
public record PostgresOptions(
        PostgresVersion version,
        @Nullable Path directory,
        int port,
        AuthenticationMethod authentication,
        String password,
        List<String> hbaLines,
        Map<String, String> settings) {

    public PostgresOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        if (password.isEmpty() && authentication != AuthenticationMethod.TRUST) {
            throw new IllegalArgumentException("password: empty (expected: one, for " + authentication + ")");
        }
        hbaLines = List.copyOf(hbaLines);
        settings = Map.copyOf(settings);
    }

    /** A temporary node on a free port that trusts every local client. */
    public static PostgresOptions of(PostgresVersion version) {
        return new PostgresOptions(version, null, 0, AuthenticationMethod.TRUST, "", List.of(), Map.of());
    }

    public PostgresOptions withDirectory(Path newDirectory) {
        return new PostgresOptions(version, newDirectory, port, authentication, password, hbaLines, settings);
    }

    public PostgresOptions withPort(int newPort) {
        return new PostgresOptions(version, directory, newPort, authentication, password, hbaLines, settings);
    }

    public PostgresOptions withAuthentication(AuthenticationMethod newAuthentication, String newPassword) {
        return new PostgresOptions(version, directory, port, newAuthentication, newPassword, hbaLines, settings);
    }

    public PostgresOptions withHbaLines(String... newHbaLines) {
        return new PostgresOptions(version, directory, port, authentication, password, List.of(newHbaLines), settings);
    }

    public PostgresOptions withSetting(String name, String value) {
        Map<String, String> newSettings = new LinkedHashMap<>(settings);
        newSettings.put(name, value);
        return new PostgresOptions(version, directory, port, authentication, password, hbaLines, newSettings);
    }

    /** No promise to survive a power cut, in exchange for speed: what a test wants. Killed processes lose nothing. */
    public PostgresOptions withoutFsync() {
        return withSetting("fsync", "off").withSetting("full_page_writes", "off");
    }
}
