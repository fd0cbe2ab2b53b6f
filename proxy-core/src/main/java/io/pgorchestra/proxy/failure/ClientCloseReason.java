package io.pgorchestra.proxy.failure;

import java.util.Locale;

/** Why a client's connection was closed. Every close has one; it is a metric label and a log field. */
public enum ClientCloseReason {
    /** It said Terminate. */
    CLIENT_TERMINATED,
    /** It closed the socket, or the network did. */
    CLIENT_DISCONNECTED,
    /** It came only to cancel a query. */
    CANCEL_REQUEST,
    /** It could not say who it is, or asked for what is not there. */
    LOGIN_FAILED,
    LOGIN_TIMEOUT,
    IDLE_TIMEOUT,
    IDLE_TRANSACTION_TIMEOUT,
    TRANSACTION_TIMEOUT,
    QUERY_TIMEOUT,
    QUERY_WAIT_TIMEOUT,
    /** It broke the protocol. */
    PROTOCOL_VIOLATION,
    /** No primary was found in time. */
    NO_PRIMARY,
    /** Its server went away without a word. */
    SERVER_LOST,
    /** Its server ended the session with a FATAL error, which the client has read. */
    SERVER_GOODBYE,
    /** No server would have the pool's login, or none could be reached. */
    SERVER_LOGIN_FAILED,
    STATEMENT_MODE_TRANSACTION,
    TOO_MANY_CLIENTS,
    SHUTDOWN,
    /** An operator asked for it. */
    KILLED,
    BUG;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics and logs. */
    public String label() {
        return label;
    }
}
