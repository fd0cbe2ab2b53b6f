package io.pgorchestra.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What became of the last attempt to open a server, and when the next may follow. */
final class LoginHealth {

    enum State {
        /** The last attempt succeeded, or there was none. */
        WORKING,
        /** The last attempt got no answer: it may pass, so clients wait. */
        UNREACHABLE,
        /** The last attempt was answered with an error: waiting will not help. */
        REFUSING
    }

    /** Keeps {@code server_login_retry = 0} from becoming a loop at the speed of the network. */
    static final long SHORTEST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private State state = State.WORKING;
    private @Nullable Object cause;
    private long failedAtNanos;

    void worked() {
        state = State.WORKING;
        cause = null;
    }

    void failed(State how, Object why, long nowNanos) {
        state = how;
        cause = why;
        failedAtNanos = nowNanos;
    }

    boolean refusing() {
        return state == State.REFUSING;
    }

    boolean unreachable() {
        return state == State.UNREACHABLE;
    }

    @Nullable
    Object cause() {
        return cause;
    }

    boolean pausing(long nowNanos, long loginRetryNanos) {
        return state != State.WORKING && nowNanos - failedAtNanos < Math.max(loginRetryNanos, SHORTEST_RETRY_NANOS);
    }

    /** After a failure one server at a time is tried, so that a server that comes back is not met by a storm. */
    boolean mayTry(int connecting, long nowNanos, long loginRetryNanos) {
        return state == State.WORKING || (connecting == 0 && !pausing(nowNanos, loginRetryNanos));
    }
}
