package io.pgorchestra.proxy.standby;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandbysTest {

    private static final long SYSTEM = 77;
    private static final long MS = 1_000_000;
    private static final Node PG1 = new Node("pg1", "127.0.0.1", 5001);
    private static final Node PG2 = new Node("pg2", "127.0.0.1", 5002);

    private final List<String> events = new ArrayList<>();
    private Route route = route(1, PG1, 1);
    private long now = 1_000 * MS;

    private final Standbys standbys =
            new Standbys(Map.of(), Duration.ofSeconds(10), false, () -> route, () -> now, new Standbys.Listener() {
                @Override
                public void used() {
                    events.add("used");
                }

                @Override
                public void unfit(Standby standby) {
                    events.add("unfit " + standby.node().name());
                }

                @Override
                public void cut(Standby standby, long sequence) {
                    events.add("cut " + standby.node().name());
                }
            });

    @Test
    void seen_standbyThatKeepsUp_isFitAfterThreeLooks() {
        primary(1000);
        standby(1000, 1);
        standby(1000, 1);
        assertFalse(pg2().fit());

        standby(1000, 1);

        assertTrue(pg2().fit());
        assertTrue(pg2().covers(1000));
        assertFalse(pg2().covers(1001));
    }

    @Test
    void seen_lagUnknown_isUnfit() {
        standbyTimes(5, 1000, 1);

        assertEquals("lag unknown", pg2().look().why());
    }

    @Test
    void seen_lagOverLimit_isUnfitAndTurnsWaitersAwayButCutsNobody() {
        fitStandby();
        now += 11_000 * MS;
        primary(2000);

        standby(1500, 1);

        assertFalse(pg2().fit());
        assertEquals(List.of("unfit pg2"), events);
    }

    @Test
    void seen_otherTimeline_isUnfit() {
        fitStandby();
        route = route(2, PG1, 2);

        standby(1000, 1);

        assertFalse(pg2().fit());
    }

    @Test
    void seen_promoted_isCutAtOnce() {
        fitStandby();

        standbys.seen(PG2, observation("pg2", State.PRIMARY, 1200, 2), now);

        assertEquals(List.of("cut pg2", "unfit pg2"), events);
    }

    @Test
    void seen_unreachable_isUnfitAtOnceAndCutAfterThreeLooks() {
        fitStandby();

        standbys.seen(PG2, NodeObservation.unreachable("pg2"), now);
        assertEquals(List.of("unfit pg2"), events);
        standbys.seen(PG2, NodeObservation.unreachable("pg2"), now);
        standbys.seen(PG2, NodeObservation.unreachable("pg2"), now);

        assertEquals(List.of("unfit pg2", "cut pg2"), events);
    }

    @Test
    void seen_unreachableThenPromoted_isCutAgain() {
        fitStandby();
        standbys.seen(PG2, NodeObservation.unreachable("pg2"), now);
        standbys.seen(PG2, NodeObservation.unreachable("pg2"), now);

        standbys.seen(PG2, observation("pg2", State.PRIMARY, 1200, 2), now);

        assertEquals(List.of("unfit pg2", "cut pg2"), events);
    }

    @Test
    void connected_afterRestart_forgetsHowFarItHadReplayed() {
        fitStandby();
        assertTrue(pg2().covers(1000));

        pg2().connected(2, 900);
        assertFalse(pg2().covers(1000));

        // An answer of before the restart that comes late.
        standby(1000, 1);
        assertFalse(pg2().covers(1000));
    }

    @Test
    void use_asksForLooksOnce() {
        standbys.use();
        standbys.use();

        assertEquals(List.of("used"), events);
    }

    private void fitStandby() {
        primary(1000);
        standbyTimes(3, 1000, 1);
        assertTrue(pg2().fit());
        events.clear();
    }

    private Standby pg2() {
        return standbys.all().stream()
                .filter(each -> each.node().equals(PG2))
                .findFirst()
                .orElseThrow();
    }

    private void primary(long lsn) {
        standbys.seen(PG1, observation("pg1", State.PRIMARY, lsn, 1), now);
    }

    private void standbyTimes(int times, long replayed, int timeline) {
        for (int i = 0; i < times; i++) {
            standby(replayed, timeline);
        }
    }

    private void standby(long replayed, int timeline) {
        now += 100 * MS;
        standbys.seen(PG2, observation("pg2", State.STANDBY, replayed, timeline), now);
    }

    private static NodeObservation observation(String node, State state, long lsn, int timeline) {
        return new NodeObservation(node, state, 0, SYSTEM, timeline, lsn, lsn, 1, "");
    }

    private static Route route(long sequence, Node primary, int timeline) {
        Epoch epoch = new Epoch(new Incarnation("", SYSTEM), sequence, timeline);
        return new Route(sequence, primary, epoch, Route.Mode.OPEN, Long.MAX_VALUE / 2);
    }
}
