package io.pgorchestra.proxy.admin;

import java.util.Locale;

/** What a client is doing, in PgBouncer's words. */
public enum ClientState {
    /** Has a server. */
    ACTIVE,
    /** Has no server and needs none. */
    IDLE,
    /** Waits for a server. */
    WAITING,
    /** A CancelRequest that is being forwarded. */
    ACTIVE_CANCEL_REQ,
    /** A CancelRequest that waits for a server connection to be forwarded on. */
    WAITING_CANCEL_REQ;

    /** The word shown in the column {@code state}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
