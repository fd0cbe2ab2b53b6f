package io.pgorchestra.proxy.server;

/** A request of the proxy's own on a server connection; its replies are swallowed. */
enum Injection {
    /** Brings the session parameters of the client that was just granted the server. */
    SESSION_STATE,
    /** Ends the transaction of a client that is gone. */
    ROLLBACK,
    /** {@code server_reset_query}, or our own when a session is over. */
    RESET,
    /** {@code server_check_query}. */
    CHECK,
    /** The Sync behind a pipeline whose client is gone. */
    LAST_SYNC,
    /** The Sync behind an {@link Inquiry}. */
    INQUIRY
}
