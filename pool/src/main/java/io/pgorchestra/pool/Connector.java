package io.pgorchestra.pool;

/**
 * The port through which a pool has its servers opened, cleaned and closed. Called on the pool's loop; every call starts something
 * and returns at once.
 *
 * <p>An answer given from within the call is understood, but is acted upon only after it. An answer for a slot that was closed
 * meanwhile is harmless: the pool closes what arrives late and ignores the rest.
 *
 * @param <S> the server connection
 */
public interface Connector<S> {

    /**
     * Connects and logs in with {@link Slot#startup}; answered by {@link Pool#connected}, or by {@link Pool#connectFailed},
     * {@link Pool#loginFailed} or {@link Pool#startupRefused}.
     */
    void open(Slot<S> slot);

    /** Runs {@code server_reset_query}; answered by {@link Pool#prepared} or {@link Pool#discard}. */
    void reset(Slot<S> slot);

    /** Runs {@code server_check_query}; answered by {@link Pool#prepared} or {@link Pool#discard}. */
    void check(Slot<S> slot);

    /**
     * Closes the connection and, if a client holds it, tells that client. Its place is free already, its permits when this returns. May come while
     * connecting: {@link Slot#hasServer} tells whether there is a server to close. Not called where {@link CloseReason#alreadyClosed}.
     */
    void close(Slot<S> slot, CloseReason reason);
}
