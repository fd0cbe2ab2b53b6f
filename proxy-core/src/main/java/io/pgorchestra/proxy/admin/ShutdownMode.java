package io.pgorchestra.proxy.admin;

/** How SHUTDOWN treats those who are connected. */
public enum ShutdownMode {
    /** Closes everything at once. */
    IMMEDIATE,
    /** Refuses new clients, and closes servers as they are given back. */
    WAIT_FOR_SERVERS,
    /** Refuses new clients, and waits until the last client has left. */
    WAIT_FOR_CLIENTS
}
