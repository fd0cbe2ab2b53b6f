package io.pgorchestra.pool;

import java.time.Duration;

/** Builds settings from PgBouncer's defaults, but a pool of 2. */
final class TestSettings {

    int maxSize = 2;
    int minSize;
    int reserveSize;
    Duration reserveTimeout = Duration.ofSeconds(5);
    Duration queryWaitTimeout = Duration.ofMinutes(2);
    Duration failoverHoldTimeout = Duration.ofMinutes(1);
    Duration serverLifetime = Duration.ofHours(1);
    Duration serverIdleTimeout = Duration.ofMinutes(10);
    Duration serverConnectTimeout = Duration.ofSeconds(15);
    Duration serverLoginRetry = Duration.ofSeconds(15);
    Duration serverCheckDelay = Duration.ofSeconds(30);
    boolean checkBeforeLease;
    boolean resetOnRelease;
    boolean roundRobin;

    PoolSettings build() {
        return new PoolSettings(
                PoolMode.TRANSACTION,
                maxSize,
                minSize,
                reserveSize,
                reserveTimeout,
                queryWaitTimeout,
                failoverHoldTimeout,
                serverLifetime,
                serverIdleTimeout,
                serverConnectTimeout,
                serverLoginRetry,
                serverCheckDelay,
                checkBeforeLease,
                resetOnRelease,
                roundRobin);
    }
}
