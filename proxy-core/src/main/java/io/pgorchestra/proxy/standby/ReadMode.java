package io.pgorchestra.proxy.standby;

/** Where a session's reads go: {@code orchestra.reads}. */
public enum ReadMode {
    /** To the primary, as everything else. */
    PRIMARY,
    /** All that the session does goes to a standby: it only reads. */
    STANDBY,
    /** What provably only reads goes to a standby, the rest to the primary. */
    AUTO
}
