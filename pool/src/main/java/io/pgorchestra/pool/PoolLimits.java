package io.pgorchestra.pool;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** {@link PoolSettings} as the loop needs them: plain numbers, durations in nanoseconds. */
record PoolLimits(
        int maxSize,
        int minSize,
        int reserveSize,
        long reserveTimeoutNanos,
        long queryWaitTimeoutNanos,
        long failoverHoldTimeoutNanos,
        long serverLifetimeNanos,
        long serverIdleTimeoutNanos,
        long serverConnectTimeoutNanos,
        long serverLoginRetryNanos,
        long serverCheckDelayNanos,
        boolean checkBeforeLease,
        boolean resetOnRelease,
        boolean roundRobin) {

    /** Half of what a long can tell apart, so that differences of clock readings never overflow. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    /** A server that has just answered needs no check, even with {@code server_check_delay = 0}. */
    private static final long JUST_ANSWERED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    static PoolLimits of(PoolSettings settings) {
        return new PoolLimits(
                settings.maxSize(),
                Math.min(settings.minSize(), settings.maxSize()),
                settings.reserveTimeout().isZero() ? 0 : settings.reserveSize(),
                nanos(settings.reserveTimeout()),
                nanos(settings.queryWaitTimeout()),
                nanos(settings.failoverHoldTimeout()),
                nanos(settings.serverLifetime()),
                nanos(settings.serverIdleTimeout()),
                nanos(settings.serverConnectTimeout()),
                nanos(settings.serverLoginRetry()),
                nanos(settings.serverCheckDelay()),
                settings.checkBeforeLease(),
                settings.resetOnRelease(),
                settings.roundRobin());
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(LONGEST) >= 0 ? LONGEST.toNanos() : duration.toNanos();
    }

    long provenAfterLeaseNanos() {
        return serverCheckDelayNanos;
    }

    long provenAfterAnswerNanos() {
        return Math.max(serverCheckDelayNanos, JUST_ANSWERED_NANOS);
    }

    /** Up to a tenth earlier than {@code server_lifetime}, so that servers opened together do not end together. */
    long lifetimeNanos(double jitter) {
        return serverLifetimeNanos - (long) (serverLifetimeNanos / 10.0 * jitter);
    }
}
