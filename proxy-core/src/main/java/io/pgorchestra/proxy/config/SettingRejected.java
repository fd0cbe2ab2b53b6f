package io.pgorchestra.proxy.config;

import java.io.Serial;

/** A {@code SET} that cannot be done; the message is for the one who typed it. */
public final class SettingRejected extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    SettingRejected(String message) {
        super(message);
    }
}
