package io.pgorchestra.proxy.failure;

import io.pgorchestra.protocol.message.SqlState;

/**
 * An expected failure: what the client reads, and under which SQLSTATE. It ends the connection, or what the client was doing.
 *
 * @param hint what to do about it; empty for none
 * @param reason for metrics and logs
 */
public record Failure(SqlState sqlState, String message, String hint, ClientCloseReason reason) {

    public static Failure protocolViolation(String detail) {
        return new Failure(SqlState.PROTOCOL_VIOLATION, detail, "", ClientCloseReason.PROTOCOL_VIOLATION);
    }

    public static Failure queryWaitTimeout() {
        return new Failure(
                SqlState.TOO_MANY_CONNECTIONS,
                "query_wait_timeout",
                "No server became free in time. Raise pool_size or query_wait_timeout, or look for long transactions in SHOW SERVERS.",
                ClientCloseReason.QUERY_WAIT_TIMEOUT);
    }

    public static Failure noStandby() {
        return new Failure(
                SqlState.CANNOT_CONNECT_NOW,
                "no standby is fit for reads",
                "Look at SHOW NODES, or set reads_fallback to primary.",
                ClientCloseReason.SERVER_LOST);
    }

    public static Failure queryTimeout() {
        return new Failure(SqlState.QUERY_CANCELED, "query_timeout", "", ClientCloseReason.QUERY_TIMEOUT);
    }

    public static Failure transactionTimeout() {
        return new Failure(SqlState.QUERY_CANCELED, "transaction_timeout", "", ClientCloseReason.TRANSACTION_TIMEOUT);
    }

    public static Failure idleTransactionTimeout() {
        return new Failure(
                SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                "idle_transaction_timeout",
                "",
                ClientCloseReason.IDLE_TRANSACTION_TIMEOUT);
    }

    public static Failure clientIdleTimeout() {
        return new Failure(SqlState.IDLE_SESSION_TIMEOUT, "client_idle_timeout", "", ClientCloseReason.IDLE_TIMEOUT);
    }

    public static Failure loginTimeout() {
        return new Failure(SqlState.QUERY_CANCELED, "client_login_timeout", "", ClientCloseReason.LOGIN_TIMEOUT);
    }

    public static Failure statementModeTransaction() {
        return new Failure(
                SqlState.FEATURE_NOT_SUPPORTED,
                "transaction blocks not allowed in statement pooling mode",
                "Use pool_mode transaction for this database or user.",
                ClientCloseReason.STATEMENT_MODE_TRANSACTION);
    }

    public static Failure serverLost() {
        return new Failure(
                SqlState.CONNECTION_FAILURE,
                "server closed the connection unexpectedly",
                "The transaction's outcome is unknown if its COMMIT had been sent.",
                ClientCloseReason.SERVER_LOST);
    }

    /** The transaction was open and no COMMIT of it had been sent: it is rolled back for certain. */
    public static Failure transactionLost() {
        return new Failure(
                SqlState.SERIALIZATION_FAILURE,
                "transaction rolled back: its server is no longer the primary, or was lost",
                "Run the whole transaction again.",
                ClientCloseReason.SERVER_LOST);
    }

    /** A COMMIT, or a statement that commits by itself, was under way. */
    public static Failure resolutionUnknown() {
        return new Failure(
                SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
                "the server was lost while a commit may have been under way; it may have happened or not",
                "Look whether the change is there before running it again.",
                ClientCloseReason.SERVER_LOST);
    }

    /** A success that came with the warning that it might not have been replicated. */
    public static Failure commitUnreplicated() {
        return new Failure(
                SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
                "the commit no longer waits for its synchronous standbys; it may be lost by a failover",
                "It has happened on the present primary. Look whether the change is there before running it again.",
                ClientCloseReason.SERVER_LOST);
    }

    public static Failure inFailedTransaction() {
        return new Failure(
                SqlState.IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block",
                "",
                ClientCloseReason.SERVER_LOST);
    }

    /** What the session had set up on its server cannot be moved to another one. */
    public static Failure sessionLost() {
        return new Failure(
                SqlState.ADMIN_SHUTDOWN,
                "terminating connection: its server is no longer the primary, or was lost",
                "The session's state was on that server. Connect again.",
                ClientCloseReason.SERVER_LOST);
    }

    public static Failure noPrimary() {
        return new Failure(
                SqlState.CANNOT_CONNECT_NOW,
                "no primary is known, and none was found within failover_hold_timeout",
                "Nothing was sent: run it again. SHOW CLUSTER on the console tells what the proxy waits for.",
                ClientCloseReason.NO_PRIMARY);
    }

    public static Failure serverUnreachable(String detail) {
        return new Failure(
                SqlState.CONNECTION_FAILURE,
                "no server can be reached: " + detail,
                "",
                ClientCloseReason.SERVER_LOGIN_FAILED);
    }

    public static Failure killed() {
        return new Failure(
                SqlState.ADMIN_SHUTDOWN,
                "terminating connection due to administrator command",
                "",
                ClientCloseReason.KILLED);
    }

    public static Failure shuttingDown() {
        return new Failure(
                SqlState.ADMIN_SHUTDOWN,
                "the proxy is shutting down",
                "Connect again; another instance may answer.",
                ClientCloseReason.SHUTDOWN);
    }

    public static Failure tooManyClients(int limit) {
        return new Failure(
                SqlState.TOO_MANY_CONNECTIONS,
                "sorry, too many clients already",
                "max_client_conn is " + limit + ".",
                ClientCloseReason.TOO_MANY_CLIENTS);
    }

    public static Failure tooManyClientsOf(String what, String setting, int limit) {
        return new Failure(
                SqlState.TOO_MANY_CONNECTIONS,
                "too many connections for " + what,
                setting + " is " + limit + ".",
                ClientCloseReason.TOO_MANY_CLIENTS);
    }

    public static Failure noUser() {
        return new Failure(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "no PostgreSQL user name specified in startup packet",
                "",
                ClientCloseReason.LOGIN_FAILED);
    }

    public static Failure wrongPassword(String user) {
        return new Failure(
                SqlState.INVALID_PASSWORD,
                "password authentication failed for user \"" + user + "\"",
                "",
                ClientCloseReason.LOGIN_FAILED);
    }

    public static Failure lookupFailed() {
        return new Failure(
                SqlState.CONNECTION_FAILURE,
                "the user cannot be looked up",
                "The proxy's log says why auth_query failed.",
                ClientCloseReason.SERVER_LOGIN_FAILED);
    }

    public static Failure noSuchDatabase(String database) {
        return new Failure(
                SqlState.INVALID_CATALOG_NAME,
                "database \"" + database + "\" does not exist",
                "",
                ClientCloseReason.LOGIN_FAILED);
    }

    public static Failure databaseDisabled(String database) {
        return new Failure(
                SqlState.CANNOT_CONNECT_NOW,
                "database \"" + database + "\" is disabled",
                "An operator said DISABLE; ENABLE on the console takes it back.",
                ClientCloseReason.LOGIN_FAILED);
    }

    public static Failure bug() {
        return new Failure(
                SqlState.INTERNAL_ERROR, "internal error of the proxy; see its log", "", ClientCloseReason.BUG);
    }
}
