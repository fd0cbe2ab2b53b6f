package io.pgorchestra.proxy.metrics;

/**
 * The names and labels of all metrics of the proxy itself, as Micrometer takes them. In Prometheus' format dots become
 * underscores, and counters and times get their suffixes: {@code orchestra.queries} is {@code orchestra_queries_total}.
 */
final class MetricNames {
    static final String UP = "orchestra.up";
    static final String READY = "orchestra.ready";
    static final String PAUSED = "orchestra.paused";

    /** By database, user and state. */
    static final String POOL_CLIENTS = "orchestra.pool.clients";
    /** By database, user and state. */
    static final String POOL_SERVERS = "orchestra.pool.servers";
    /** For how long the oldest waiting client has waited. By database and user. */
    static final String POOL_MAX_WAIT = "orchestra.pool.max.wait";

    static final String DATABASE_POOL_SIZE = "orchestra.database.pool.size";
    static final String DATABASE_SERVERS = "orchestra.database.servers";
    static final String DATABASE_MAX_SERVERS = "orchestra.database.max.servers";
    static final String DATABASE_CLIENTS = "orchestra.database.clients";
    static final String DATABASE_MAX_CLIENTS = "orchestra.database.max.clients";
    static final String DATABASE_PAUSED = "orchestra.database.paused";
    static final String DATABASE_DISABLED = "orchestra.database.disabled";

    static final String CLIENTS_USED = "orchestra.clients.used";
    static final String CLIENTS_FREE = "orchestra.clients.free";
    static final String CLIENTS_LOGIN = "orchestra.clients.login";

    static final String SERVER_ASSIGNMENTS = "orchestra.server.assignments";
    static final String TRANSACTIONS = "orchestra.transactions";
    static final String QUERIES = "orchestra.queries";
    static final String RECEIVED = "orchestra.received";
    static final String SENT = "orchestra.sent";
    static final String TRANSACTION_TIME = "orchestra.transaction.time";
    static final String QUERY_TIME = "orchestra.query.time";
    static final String WAIT_TIME = "orchestra.wait.time";
    static final String CLIENT_PARSES = "orchestra.client.parses";
    static final String SERVER_PARSES = "orchestra.server.parses";
    static final String BINDS = "orchestra.binds";
    static final String CLIENT_LOGINS = "orchestra.client.logins";

    /** Connections closed and refused, clients pinned. By event, database and reason. */
    static final String EVENTS = "orchestra.events";

    static final String DATABASE = "database";
    static final String USER = "user";
    static final String STATE = "state";
    static final String EVENT = "event";
    static final String REASON = "reason";

    private MetricNames() {}
}
