package io.pgorchestra.proxy.config;

import io.pgorchestra.pool.PoolMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database that clients may ask for, and where it is.
 *
 * @param name what clients call it; {@code *} for all that are not named
 * @param dbname what the node calls it; empty only for {@code *}: the name that the client gave
 * @param user the user that servers log in as whoever the client is; null: the client's own
 * @param password the password of {@code user}; null: as the user list has it
 * @param connectQuery SQL run on each new server; null: none
 * @param startupParameters parameters that servers start with: {@code client_encoding}, {@code datestyle}, {@code timezone},
 *     {@code application_name}
 * @param overrides settings of its own
 */
public record DatabaseConfig(
        String name,
        String dbname,
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        @Nullable String connectQuery,
        Map<String, String> startupParameters,
        SettingValues overrides) {
    /** The entry for every database that has none of its own. */
    public static final String FALLBACK = "*";

    public DatabaseConfig {
        startupParameters = Map.copyOf(startupParameters);
        if (dbname.isEmpty() && !name.equals(FALLBACK)) {
            throw new IllegalArgumentException("dbname of " + name + " is empty (expected: a name)");
        }
    }

    /** This fallback for a database that a client named. */
    DatabaseConfig named(String requested) {
        return new DatabaseConfig(
                requested,
                dbname.isEmpty() ? requested : dbname,
                host,
                port,
                user,
                password,
                connectQuery,
                startupParameters,
                overrides);
    }

    /** This database on another node. */
    DatabaseConfig on(HostPort node) {
        return new DatabaseConfig(
                name, dbname, node.host(), node.port(), user, password, connectQuery, startupParameters, overrides);
    }

    /** Its own {@code pool_mode}, or null when it has the global one. */
    public @Nullable PoolMode poolMode() {
        return (PoolMode) overrides.get(Setting.POOL_MODE);
    }

    /** All but the password. */
    @Override
    public String toString() {
        return "DatabaseConfig[" + name + " -> " + dbname + " on " + new HostPort(host, port) + ", user="
                + (user == null ? "the client's" : user) + ", overrides=" + overrides + "]";
    }
}
