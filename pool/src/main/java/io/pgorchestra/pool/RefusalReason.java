package io.pgorchestra.pool;

import java.util.Locale;

/** Why a waiting client got no server. */
public enum RefusalReason {
    /** It waited for {@code query_wait_timeout}. */
    QUERY_WAIT_TIMEOUT,
    /** It waited for {@code failover_hold_timeout} while no primary was known. */
    HELD_TOO_LONG,
    /** There is no server, and Postgres answers the pool's login with an error. */
    LOGIN_FAILED,
    /** Postgres does not take the startup parameters of this client. */
    STARTUP_REFUSED,
    /** Others can serve it: it should ask there. */
    TURNED_AWAY,
    /** An operator killed the pool. */
    KILLED,
    /** The pool is no longer in use. */
    RETIRED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics and logs. */
    public String label() {
        return label;
    }
}
