package io.pgorchestra.pool;

/** For how long a client keeps the server it was given; PgBouncer's {@code pool_mode}. */
public enum PoolMode {
    /** Until the client disconnects. */
    SESSION,
    /** Until its transaction ends. */
    TRANSACTION,
    /** Until its statement ends; a transaction of several statements is refused. */
    STATEMENT
}
