package io.pgorchestra.pool;

import java.util.Locale;

/** Why a server was closed. Every close has one. */
public enum CloseReason {
    /** It was older than {@code server_lifetime}. */
    LIFETIME_OVER,
    /** Nobody used it for {@code server_idle_timeout}. */
    IDLE_TIMEOUT,
    /** It was not logged in within {@code server_connect_timeout}. */
    CONNECT_TIMEOUT,
    /** It did not answer its reset or check query within {@code server_connect_timeout}. */
    PREPARE_TIMEOUT,
    /** It could not be reached. */
    CONNECT_FAILED,
    /** It answered the login with an error. */
    LOGIN_FAILED,
    /** It answered the startup parameters with an error. */
    STARTUP_REFUSED,
    /** Its reset query failed. */
    RESET_FAILED,
    /** Its check query failed. */
    CHECK_FAILED,
    /** It closed the connection by itself. */
    SERVER_CLOSED,
    /** It broke the protocol. */
    PROTOCOL_VIOLATION,
    /** It was left in a transaction or with replies owed, so nobody else may have it. */
    NOT_CLEAN,
    /** The client that held it went away in the middle of something. */
    CLIENT_GONE,
    /** A timeout on a query or transaction ran out while a client held it. */
    CLIENT_TIMEOUT,
    /** Its node is no longer the one to talk to. */
    FENCED,
    /** Another pool, or a client with other startup parameters, needed its place. */
    EVICTED,
    /** The pool has become smaller. */
    POOL_SHRUNK,
    /** An operator asked for {@code PAUSE}. */
    PAUSED,
    /** An operator asked for {@code RECONNECT}, or its address has changed. */
    RECONNECT,
    /** An operator asked for {@code KILL}. */
    KILLED,
    /** The proxy is shutting down, or no longer has this pool. */
    SHUTDOWN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics and logs. */
    public String label() {
        return label;
    }

    /** Whether the connection is gone by the time this reason is given, so that {@link Connector#close} is not called. */
    public boolean alreadyClosed() {
        return this == CONNECT_FAILED || this == LOGIN_FAILED || this == STARTUP_REFUSED || this == SERVER_CLOSED;
    }
}
