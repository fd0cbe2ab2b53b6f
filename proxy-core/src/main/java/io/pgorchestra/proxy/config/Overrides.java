package io.pgorchestra.proxy.config;

import static java.util.Map.entry;

import java.util.Map;

/** Which settings a database and a user may have of their own, by the key that names them there. */
final class Overrides {
    static final Map<String, Setting> OF_DATABASE = Map.ofEntries(
            entry("pool_mode", Setting.POOL_MODE),
            entry("pool_size", Setting.DEFAULT_POOL_SIZE),
            entry("min_pool_size", Setting.MIN_POOL_SIZE),
            entry("reserve_pool_size", Setting.RESERVE_POOL_SIZE),
            entry("reserve_pool", Setting.RESERVE_POOL_SIZE), // PgBouncer's old name, still in many files.
            entry("query_wait_timeout", Setting.QUERY_WAIT_TIMEOUT),
            entry("server_lifetime", Setting.SERVER_LIFETIME),
            entry("max_db_connections", Setting.MAX_DB_CONNECTIONS),
            entry("max_db_client_connections", Setting.MAX_DB_CLIENT_CONNECTIONS),
            entry("auth_user", Setting.AUTH_USER),
            entry("auth_query", Setting.AUTH_QUERY),
            entry("auth_dbname", Setting.AUTH_DBNAME),
            entry("reads", Setting.READS),
            entry("consistency", Setting.CONSISTENCY),
            entry("reads_fallback", Setting.READS_FALLBACK));

    static final Map<String, Setting> OF_USER = Map.ofEntries(
            entry("pool_mode", Setting.POOL_MODE),
            entry("pool_size", Setting.DEFAULT_POOL_SIZE),
            entry("reserve_pool_size", Setting.RESERVE_POOL_SIZE),
            entry("max_user_connections", Setting.MAX_USER_CONNECTIONS),
            entry("max_user_client_connections", Setting.MAX_USER_CLIENT_CONNECTIONS),
            entry("query_timeout", Setting.QUERY_TIMEOUT),
            entry("query_wait_timeout", Setting.QUERY_WAIT_TIMEOUT),
            entry("idle_transaction_timeout", Setting.IDLE_TRANSACTION_TIMEOUT),
            entry("transaction_timeout", Setting.TRANSACTION_TIMEOUT),
            entry("client_idle_timeout", Setting.CLIENT_IDLE_TIMEOUT),
            entry("reads", Setting.READS),
            entry("consistency", Setting.CONSISTENCY),
            entry("reads_fallback", Setting.READS_FALLBACK));

    private Overrides() {}
}
