package io.pgorchestra.proxy.admin;

import java.util.Locale;

/** What a server is doing, in PgBouncer's words. */
public enum ServerState {
    /** Leased to a client. */
    ACTIVE,
    /** Free and clean. */
    IDLE,
    /** Free, but to be checked before its next use. */
    USED,
    /** Running its reset or check query. */
    TESTED,
    /** Connecting or logging in. */
    NEW,
    /** Carries a CancelRequest to its node. */
    ACTIVE_CANCEL,
    /** Free, but a CancelRequest for it is still under way. */
    BEING_CANCELED;

    /** The word shown in the column {@code state}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
