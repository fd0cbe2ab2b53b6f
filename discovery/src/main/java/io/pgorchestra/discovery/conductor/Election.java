package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.ProxyReport;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Which of the processes that may conduct does: the first by name among those present, as the last confirmation showed them. Two may take
 * themselves for it for a moment. That is harmless, since every step of a conductor is a compare-and-set; so nothing more is needed.
 */
final class Election {

    private static final String CANDIDATE = "conductor-";

    /** Who has heard nothing for so long does not know who is present. */
    private static final long STALE_NANOS = Duration.ofSeconds(4).toNanos();

    private volatile long heardNanos;
    private volatile boolean first;

    /** A name for a process, new for each of its starts. */
    static String name(boolean conducts) {
        return (conducts ? CANDIDATE : "proxy-") + UUID.randomUUID();
    }

    void heard(String mine, List<ProxyReport> peers, long nowNanos) {
        heardNanos = nowNanos;
        first = peers.stream()
                .map(ProxyReport::proxy)
                .noneMatch(name -> name.startsWith(CANDIDATE) && name.compareTo(mine) < 0);
    }

    boolean won(long nowNanos) {
        return first && nowNanos - heardNanos < STALE_NANOS;
    }
}
