package io.pgorchestra.proxy.admin;

import java.util.Locale;

/** Whether a connection streams WAL, and in which form. */
public enum Replication {
    NONE,
    LOGICAL,
    PHYSICAL;

    /** The word shown in the column {@code replication}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
