package io.pgorchestra.discovery.conductor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.ProxyReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimaryWatchTest {

    private final PrimaryWatch watch = new PrimaryWatch(ConductorSettings.DEFAULT);
    private long serial;
    private long now;

    private static NodeObservation seen(State state, long age) {
        return new NodeObservation("a", state, age, 42, 3, 1, 1, 1, "");
    }

    /** Every half second each process reports what it sees. */
    private void report(Duration time, State... states) {
        for (long until = now + time.toNanos();
                now < until;
                now += Duration.ofMillis(500).toNanos()) {
            serial++;
            List<ProxyReport> reports = new ArrayList<>();
            for (int i = 0; i < states.length; i++) {
                reports.add(new ProxyReport("p" + i, serial, 0, 0, 0, 4_000, List.of(seen(states[i], 0))));
            }
            watch.heard(reports, "a", now);
        }
    }

    @Test
    void oneOfThree_doesNotDecide() {
        report(Duration.ofSeconds(10), State.UNREACHABLE, State.PRIMARY, State.PRIMARY);
        assertEquals(false, watch.isLost("a", now));
        assertEquals(true, watch.isSeen("a", now));
    }

    @Test
    void twoOfThree_decideAfterTwoSeconds() {
        report(Duration.ofSeconds(2), State.UNREACHABLE, State.STANDBY, State.PRIMARY);
        assertEquals(false, watch.isLost("a", now - 1));
        report(Duration.ofMillis(500), State.UNREACHABLE, State.STANDBY, State.PRIMARY);
        assertEquals(true, watch.isLost("a", now));
    }

    @Test
    void oneOfTwo_isNoMajority() {
        report(Duration.ofSeconds(10), State.UNREACHABLE, State.PRIMARY);
        assertEquals(false, watch.isLost("a", now));
    }

    @Test
    void primarySeenAgain_countsFromTheBeginning() {
        report(Duration.ofSeconds(10), State.UNREACHABLE);
        report(Duration.ofMillis(500), State.PRIMARY);
        report(Duration.ofMillis(1_500), State.UNREACHABLE);
        assertEquals(false, watch.isLost("a", now));
    }

    @Test
    void primaryThatIsStarting_getsMoreTime() {
        report(Duration.ofSeconds(20), State.NOT_ACCEPTING);
        assertEquals(false, watch.isLost("a", now));
        report(Duration.ofSeconds(20), State.NOT_ACCEPTING);
        assertEquals(true, watch.isLost("a", now));
    }

    @Test
    void frozenProcess_saysNothing() {
        report(Duration.ofSeconds(10), State.UNREACHABLE);
        assertEquals(true, watch.isLost("a", now));
        assertEquals(false, watch.isLost("a", now + Duration.ofSeconds(3).toNanos()));
    }

    @Test
    void oldObservation_saysNothing() {
        for (int i = 0; i < 10; i++) {
            now += Duration.ofSeconds(1).toNanos();
            watch.heard(
                    List.of(new ProxyReport("p", i + 1, 0, 0, 0, 4_000, List.of(seen(State.UNREACHABLE, 9_000)))),
                    "a",
                    now);
        }
        assertEquals(false, watch.isLost("a", now));
    }

    @Test
    void anotherNode_isNotTheOneWatched() {
        report(Duration.ofSeconds(10), State.UNREACHABLE);
        assertEquals(false, watch.isLost("b", now));
    }
}
