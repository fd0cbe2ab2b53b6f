package io.pgorchestra.proxy.standby;

/** How new what a session reads must be: {@code orchestra.consistency}. */
public enum Consistency {
    /** As new as the standby is; within {@code max_standby_lag}. */
    EVENTUAL,
    /** At least as new as what the session itself has written. */
    SESSION,
    /** What the primary has: no read goes to a standby. */
    PRIMARY
}
