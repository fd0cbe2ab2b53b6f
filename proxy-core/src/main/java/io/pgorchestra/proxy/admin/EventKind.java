package io.pgorchestra.proxy.admin;

import java.util.Locale;

/** A kind of event that is counted by reason. */
public enum EventKind {
    CLIENT_CLOSED,
    CLIENT_REFUSED,
    CLIENT_PINNED,
    SERVER_CLOSED,
    SERVER_CONNECT_FAILED;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
