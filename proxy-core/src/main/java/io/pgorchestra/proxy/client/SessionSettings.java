package io.pgorchestra.proxy.client;

import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.proxy.standby.Consistency;
import io.pgorchestra.proxy.standby.ReadMode;
import io.pgorchestra.proxy.standby.ReadsFallback;

/**
 * What the configuration says of the sessions of one database and user. Immutable; replaced when it changes. Times in nanoseconds, zero
 * for no limit.
 *
 * @param maxPreparedStatements {@code max_prepared_statements}; 0 leaves clients' statement names alone
 */
public record SessionSettings(
        PoolMode mode,
        int maxPreparedStatements,
        long clientIdleTimeoutNanos,
        long idleTransactionTimeoutNanos,
        long transactionTimeoutNanos,
        long queryTimeoutNanos,
        ReadMode reads,
        Consistency consistency,
        ReadsFallback readsFallback) {

    /** Whether clients' prepared statements are renamed and shared. */
    public boolean sharesStatements() {
        return mode != PoolMode.SESSION && maxPreparedStatements > 0;
    }
}
