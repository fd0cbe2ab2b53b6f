package io.pgorchestra.proxy.admin;

import java.util.Locale;

/** A kind of event that is counted by reason. */
public enum EventKind {
    CLIENT_CLOSED,
    CLIENT_REFUSED,
    CLIENT_PINNED,
    /** After a change of the primary, by what told of the commit: the session's own write, or a token. */
    COMMIT_POSSIBLY_LOST,
    /** Under reads {@code auto} or {@code standby}: where what a client began went, and why. */
    ROUTED_TO_PRIMARY,
    ROUTED_TO_STANDBY,
    ROUTED_TO_NOBODY,
    SERVER_CLOSED,
    SERVER_CONNECT_FAILED;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
