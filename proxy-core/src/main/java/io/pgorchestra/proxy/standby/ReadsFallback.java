package io.pgorchestra.proxy.standby;

/** What becomes of a read that could go to a standby when none is fit: {@code reads_fallback}. */
public enum ReadsFallback {
    /** The primary answers. */
    PRIMARY,
    /** The client is held until a standby is fit, for {@code failover_hold_timeout} at most. */
    HOLD,
    /** The client gets 57P03. */
    ERROR
}
