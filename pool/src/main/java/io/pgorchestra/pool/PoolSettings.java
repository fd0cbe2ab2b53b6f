package io.pgorchestra.pool;

import java.time.Duration;

/**
 * The limits of one pool, under PgBouncer's names in the comments. A zero duration means "no limit" wherever PgBouncer says so.
 *
 * @param mode {@code pool_mode}
 * @param maxSize {@code pool_size}: servers this pool may hold
 * @param minSize {@code min_pool_size}: servers kept open once the pool has been used
 * @param reserveSize {@code reserve_pool_size}: further servers when a client has waited for {@code reserveTimeout}
 * @param reserveTimeout {@code reserve_pool_timeout}
 * @param queryWaitTimeout {@code query_wait_timeout}: how long a client may wait for a server; zero waits for ever
 * @param failoverHoldTimeout {@code failover_hold_timeout}, ours: how long a client may wait while no primary is known; zero for ever
 * @param serverLifetime {@code server_lifetime}: an idle server older than this is closed; zero closes it after its first lease
 * @param serverIdleTimeout {@code server_idle_timeout}: a server idle for longer is closed; zero keeps it
 * @param serverConnectTimeout {@code server_connect_timeout}: connecting and logging in together
 * @param serverLoginRetry {@code server_login_retry}: pause after a failed connect
 * @param serverCheckDelay {@code server_check_delay}: a server idle for longer is checked before it is leased
 * @param checkBeforeLease whether {@code server_check_query} is set
 * @param resetOnRelease whether {@code server_reset_query} runs when a lease ends
 * @param roundRobin {@code server_round_robin}: hand out the longest idle server instead of the last used
 */
public record PoolSettings(
        PoolMode mode,
        int maxSize,
        int minSize,
        int reserveSize,
        Duration reserveTimeout,
        Duration queryWaitTimeout,
        Duration failoverHoldTimeout,
        Duration serverLifetime,
        Duration serverIdleTimeout,
        Duration serverConnectTimeout,
        Duration serverLoginRetry,
        Duration serverCheckDelay,
        boolean checkBeforeLease,
        boolean resetOnRelease,
        boolean roundRobin) {

    public PoolSettings {
        if (maxSize < 1) {
            throw new IllegalArgumentException("pool_size: " + maxSize + " (expected: >= 1)");
        }
        if (minSize < 0) {
            throw new IllegalArgumentException("min_pool_size: " + minSize + " (expected: >= 0)");
        }
        if (reserveSize < 0) {
            throw new IllegalArgumentException("reserve_pool_size: " + reserveSize + " (expected: >= 0)");
        }
    }

    /** The same, with another pause after a failed connect. */
    public PoolSettings withServerLoginRetry(Duration pause) {
        return new PoolSettings(
                mode,
                maxSize,
                minSize,
                reserveSize,
                reserveTimeout,
                queryWaitTimeout,
                failoverHoldTimeout,
                serverLifetime,
                serverIdleTimeout,
                serverConnectTimeout,
                pause,
                serverCheckDelay,
                checkBeforeLease,
                resetOnRelease,
                roundRobin);
    }
}
