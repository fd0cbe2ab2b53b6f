package io.pgorchestra.proxy.server;

/** How a leased server was lost. */
public enum ServerLoss {
    /** The server said so: its FATAL error has been passed to the client. */
    SAID_GOODBYE,
    /** The connection ended without a word. */
    CONNECTION_LOST,
    /** The server broke the protocol, so its next reply could not be trusted. */
    BROKE_PROTOCOL,
    /** An operator or a limit closed it. */
    CLOSED_HERE
}
