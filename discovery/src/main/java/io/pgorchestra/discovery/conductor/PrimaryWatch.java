package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the processes that are present say about the primary, and for how long they have been saying so. Bound to its conductor's thread. */
final class PrimaryWatch {

    /** A report that has not been renewed for so long says nothing any more: its process may be frozen. */
    private static final long FRESH_NANOS = Duration.ofMillis(2_500).toNanos();

    private final ConductorSettings settings;
    private final Map<String, Voice> voices = new HashMap<>();
    private @Nullable String primary;

    private static final class Voice {
        long serial;
        long heardNanos;
        boolean sees;
        /** Since when the primary has been lost to it; meaningless while it sees it. */
        long lostNanos;

        boolean starting;
        boolean knows;
    }

    PrimaryWatch(ConductorSettings settings) {
        this.settings = settings;
    }

    /** All reports there are now, ours among them. */
    void heard(List<ProxyReport> reports, String ofPrimary, long nowNanos) {
        if (!ofPrimary.equals(primary)) {
            primary = ofPrimary;
            voices.clear();
        }
        Map<String, Voice> old = new HashMap<>(voices);
        voices.clear();
        for (ProxyReport report : reports) {
            Voice voice = old.getOrDefault(report.proxy(), new Voice());
            voices.put(report.proxy(), voice);
            if (report.serial() != voice.serial) {
                voice.serial = report.serial();
                voice.heardNanos = nowNanos;
                note(voice, report, nowNanos);
            }
        }
    }

    /** What was said is of no use any more: it was said of another server. */
    void forget() {
        voices.clear();
    }

    private void note(Voice voice, ProxyReport report, long nowNanos) {
        NodeObservation seen = report.observations().stream()
                .filter(observation -> observation.node().equals(primary))
                .findFirst()
                .orElse(null);
        boolean knew = voice.knows;
        voice.knows = seen != null && seen.ageMillis() * 1_000_000 < FRESH_NANOS;
        if (seen == null || !voice.knows) {
            return;
        }
        boolean sees = seen.state() == NodeObservation.State.PRIMARY;
        if (!knew || (!sees && voice.sees)) {
            voice.lostNanos = nowNanos;
        }
        voice.sees = sees;
        voice.starting = seen.state() == NodeObservation.State.NOT_ACCEPTING;
    }

    /** Whether most of them have not seen it take writes for long enough. */
    boolean isLost(String node, long nowNanos) {
        return node.equals(primary)
                && most(voice -> voice.knows
                        && !voice.sees
                        && isFresh(voice, nowNanos)
                        && nowNanos - voice.lostNanos
                                >= (voice.starting ? settings.primaryStartAfter() : settings.primaryDeadAfter())
                                        .toNanos());
    }

    /** Whether most of them see it take writes now. */
    boolean isSeen(@Nullable String node, long nowNanos) {
        return node != null
                && node.equals(primary)
                && most(voice -> voice.knows && voice.sees && isFresh(voice, nowNanos));
    }

    private boolean most(Predicate<Voice> what) {
        return voices.values().stream().filter(what).count() * 2 > voices.size();
    }

    private static boolean isFresh(Voice voice, long nowNanos) {
        return nowNanos - voice.heardNanos < FRESH_NANOS;
    }
}
