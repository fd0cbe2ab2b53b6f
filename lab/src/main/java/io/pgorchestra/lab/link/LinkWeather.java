package io.pgorchestra.lab.link;

import java.time.Duration;
import java.util.Locale;

/** How a link behaves now. Bound to the link's event loop. */
final class LinkWeather {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Flow forth = Flow.OPEN;
    private Flow back = Flow.OPEN;
    private long delayNanos;
    private long bytesPerSecond = Long.MAX_VALUE;

    Flow flow(Direction direction) {
        return switch (direction) {
            case FORTH -> forth;
            case BACK -> back;
        };
    }

    void setFlow(Direction direction, Flow flow) {
        switch (direction) {
            case FORTH -> forth = flow;
            case BACK -> back = flow;
        }
    }

    /** Whether a new connection gets through: its handshake needs both directions. */
    boolean connects() {
        return forth == Flow.OPEN && back == Flow.OPEN;
    }

    void slow(Duration delay, long newBytesPerSecond) {
        delayNanos = delay.toNanos();
        bytesPerSecond = newBytesPerSecond;
    }

    void clear() {
        forth = Flow.OPEN;
        back = Flow.OPEN;
        slow(Duration.ZERO, Long.MAX_VALUE);
    }

    long delayNanos() {
        return delayNanos;
    }

    /** How long the line is busy with so many bytes. */
    long sendingNanos(int bytes) {
        return bytesPerSecond == Long.MAX_VALUE ? 0 : bytes * NANOS_PER_SECOND / bytesPerSecond;
    }

    /** As a person says it. */
    @Override
    public String toString() {
        String flows = forth == back ? forth.toString() : "forth " + forth + ", back " + back;
        String slowness = delayNanos == 0 && bytesPerSecond == Long.MAX_VALUE
                ? ""
                : ", " + delayNanos / 1_000_000 + " ms"
                        + (bytesPerSecond == Long.MAX_VALUE ? "" : ", " + bytesPerSecond + " bytes/s");
        return (flows + slowness).toLowerCase(Locale.ROOT);
    }
}
