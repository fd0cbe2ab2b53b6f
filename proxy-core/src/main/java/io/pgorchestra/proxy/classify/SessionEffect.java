package io.pgorchestra.proxy.classify;

/** Something a text leaves behind in its session, or in the transaction around it. */
public enum SessionEffect {
    /** SET, SET SESSION, set_config(...): a parameter for the rest of the session. */
    SET_SESSION,
    /** SET LOCAL, SET TRANSACTION, SET CONSTRAINTS: for the rest of the transaction. */
    SET_LOCAL,
    /** RESET, SET ... TO DEFAULT. */
    RESET,
    /** SET ROLE, SET SESSION AUTHORIZATION, and their RESET. */
    SET_ROLE,
    /** Transactions, or this one, become READ ONLY; with {@link #SET_LOCAL} it is this one only. */
    SET_READ_ONLY,
    SET_READ_WRITE,
    /** A standby refuses SERIALIZABLE. */
    SET_SERIALIZABLE,
    /** Any other isolation level, named in so many words: in a BEGIN it overrides a SERIALIZABLE default. */
    SET_OTHER_ISOLATION,
    PREPARE,
    EXECUTE,
    DEALLOCATE,
    LISTEN,
    UNLISTEN,
    TEMP_TABLE,
    /** DECLARE ... WITH HOLD. */
    HOLD_CURSOR,
    /** A lock that outlives its transaction. */
    ADVISORY_LOCK,
    LOAD,
    /** DISCARD of anything. */
    DISCARD
}
