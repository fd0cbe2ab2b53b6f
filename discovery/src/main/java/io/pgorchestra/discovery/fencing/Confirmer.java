package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.ProxyReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When to ask the authority, and with which report. One question at a time. Bound to its fence's thread. */
final class Confirmer {

    /** Hints and suspicions come in swarms; a question costs the authority a write. */
    private static final long MIN_GAP_NANOS = Duration.ofMillis(50).toNanos();

    private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();

    private final String proxy;
    private final FenceSettings settings;
    private final FencePort port;
    private final Lineage.Events events;

    private long askedNanos;
    private long serial;
    private boolean waiting;
    private boolean hurried;
    private boolean failing;
    private @Nullable ProxyReport lastReport;

    Confirmer(String proxy, FenceSettings settings, FencePort port, Lineage.Events events, long nowNanos) {
        this.proxy = proxy;
        this.settings = settings;
        this.port = port;
        this.events = events;
        askedNanos = nowNanos - settings.confirmEvery().toNanos();
    }

    long dueNanos(boolean calm) {
        if (waiting) {
            return askedNanos + IDLE_NANOS;
        }
        if (hurried) {
            return askedNanos + MIN_GAP_NANOS;
        }
        return askedNanos + (calm && !failing ? settings.confirmEvery() : settings.hurriedConfirmEvery()).toNanos();
    }

    void ask(long usedToken, long fencedToken, long drainedToken, long nowNanos) {
        assert !waiting;
        waiting = true;
        hurried = false;
        askedNanos = nowNanos;
        long leaseMillis = (settings.leaseNanos() + 999_999) / 1_000_000;
        ProxyReport report = new ProxyReport(
                proxy, ++serial, usedToken, fencedToken, drainedToken, leaseMillis, port.observations());
        lastReport = report;
        port.confirm(report);
    }

    @Nullable
    ProxyReport lastReport() {
        return lastReport;
    }

    /** Ask as soon as possible; if a question is under way, once more after it. */
    void hurry() {
        hurried = true;
    }

    void answered() {
        assert waiting;
        waiting = false;
        if (failing) {
            failing = false;
            events.event(FenceEvent.Kind.DISCOVERY_BACK, "");
        }
    }

    void failed(String why) {
        assert waiting;
        waiting = false;
        if (!failing) {
            failing = true;
            events.event(FenceEvent.Kind.DISCOVERY_LOST, why);
        }
    }
}
