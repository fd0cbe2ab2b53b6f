package io.pgorchestra.discovery.fencing;

import static io.pgorchestra.discovery.fencing.FenceFixture.A;
import static io.pgorchestra.discovery.fencing.FenceFixture.B;
import static io.pgorchestra.discovery.fencing.FenceFixture.peer;
import static io.pgorchestra.discovery.fencing.FenceFixture.primary;
import static io.pgorchestra.discovery.fencing.FenceFixture.standby;
import static io.pgorchestra.discovery.fencing.FenceFixture.view;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.discovery.View;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FenceTest {

    @Test
    void firstView_opensWhenThePrimaryIsVerifiedAndNobodyElseIsThere() {
        FenceFixture it = new FenceFixture();
        assertFalse(it.route.opens(it.now));

        it.confirm(view(1, A, 0));
        it.expect(FenceState.VERIFYING);
        it.seen(primary(A, 3, 100));

        it.expect(FenceState.OPEN);
        assertEquals(A, it.route.primary());
        assertEquals(new Epoch(new Incarnation("zk", FenceFixture.SYSTEM), 1, 3), it.route.epoch());
        assertEquals(it.route.epoch(), it.saved);
    }

    @Test
    void change_goesThroughCutReportLookAndBarrierInThisOrder() {
        FenceFixture it = FenceFixture.open();
        long old = it.route.sequence();

        it.confirm(view(2, B, 0), peer(1));
        it.expect(FenceState.FENCING);
        assertFalse(it.permits(old));
        assertEquals(1, it.nextReport().fencedToken());

        it.cutDone();
        it.expect(FenceState.VERIFYING);
        it.confirm(view(2, B, 0), peer(1));
        assertEquals(2, it.nextReport().fencedToken());

        it.seen(standby(B, 1, A));
        it.expect(FenceState.VERIFYING);
        it.pass(Duration.ofMillis(50));
        it.seen(primary(B, 2, 200));
        it.expect(FenceState.BARRIER);

        it.confirm(view(2, B, 0), peer(1));
        it.expect(FenceState.BARRIER);
        it.confirm(view(2, B, 0), peer(2));
        it.expect(FenceState.OPEN);
        assertEquals(B, it.route.primary());
        assertFalse(it.permits(old));
        assertTrue(it.permits(it.route.sequence()));
    }

    @Test
    void barrier_whenAPeerStaysSilent_passesOneLeaseAndAMarginAfterLearning() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(2, B, 0), peer(1));
        long learned = it.now;
        it.cutDone();
        it.seen(primary(B, 2, 200));

        while (it.now - learned < Duration.ofMillis(4_070).toNanos()) {
            it.expect(FenceState.BARRIER);
            it.confirm(view(2, B, 0), peer(1));
        }
        it.pass(Duration.ofMillis(25));

        it.expect(FenceState.OPEN);
    }

    @Test
    void barrier_waitsForTheLongestLeaseThatAnyPeerEverReported() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(1, A, 0), new ProxyReport("long", 1, 1, 1, 0, 9_000, List.of()));
        it.confirm(view(2, B, 0));
        long learned = it.now;
        it.cutDone();
        it.seen(primary(B, 2, 200));

        while (it.now - learned < Duration.ofMillis(9_150).toNanos()) {
            it.expect(FenceState.BARRIER);
            it.confirm(view(2, B, 0));
        }
        it.confirm(view(2, B, 0));

        it.expect(FenceState.OPEN);
    }

    @Test
    void barrier_isNotPassedByAPeerThatKnowsANewerToken() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(2, B, 0), peer(3));
        it.cutDone();
        it.seen(primary(B, 2, 200));

        it.expect(FenceState.BARRIER);
    }

    @Test
    void lease_countsFromTheSendingOfTheQuestion() {
        FenceFixture it = FenceFixture.open();
        it.nextReport();
        long sent = it.now;
        it.pass(Duration.ofSeconds(2));
        it.confirm(view(1, A, 0));

        assertTrue(it.route.opens(sent + Duration.ofMillis(3_999).toNanos()));
        assertFalse(it.route.opens(sent + Duration.ofSeconds(4).toNanos()));
    }

    @Test
    void lease_whenItEnds_holdsAndKeepsTheServers() {
        FenceFixture it = FenceFixture.open();
        long mine = it.route.sequence();
        it.nextReport();
        it.pass(Duration.ofSeconds(4));
        it.expect(FenceState.LEASELESS);
        assertFalse(it.permits(mine));

        it.questions.clear();
        it.fence.confirmFailed("timeout");
        it.pass(Duration.ofMillis(250));
        it.confirm(view(1, A, 0));

        it.expect(FenceState.OPEN);
        assertTrue(it.permits(mine));
        assertTrue(it.cuts.isEmpty());
    }

    @Test
    void answerOlderThanALease_doesNotOpen() {
        FenceFixture it = FenceFixture.open();
        it.nextReport();
        it.pass(Duration.ofSeconds(5));

        it.confirm(view(1, A, 0));

        it.expect(FenceState.LEASELESS);
    }

    @Test
    void newToken_sameReign_isAdoptedWithoutCutting() {
        FenceFixture it = FenceFixture.open();
        long mine = it.route.sequence();
        it.confirm(view(2, A, 0), peer(1));
        it.expect(FenceState.ADOPTING);
        assertTrue(it.permits(mine));
        assertEquals(1, it.nextReport().fencedToken());
        it.seen(primary(A, 1, 100));
        it.confirm(view(2, A, 0), peer(1));
        assertEquals(2, it.nextReport().fencedToken());
        assertEquals(1, it.nextReport().usedToken());
        assertTrue(it.permits(mine));
        it.confirm(view(2, A, 0), peer(2));

        it.expect(FenceState.OPEN);
        assertEquals(mine, it.route.sequence());
        assertEquals(2, epoch(it.route.epoch()).token());
        assertTrue(it.cuts.isEmpty());
    }

    @Test
    void newToken_sameNodeButRestarted_isCut() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(2, A, 0));
        it.seen(primary(A, 1, 101));

        it.expect(FenceState.FENCING);
        assertFalse(it.permits(it.route.sequence() - 1));
    }

    @Test
    void sameToken_primaryPromotedAnew_isVerifiedAnewAndWrittenTo() {
        FenceFixture it = FenceFixture.open();
        long old = it.route.sequence();

        it.observations = List.of(primary(A, 2, 200));
        it.confirm(view(1, A, 0), peer(1));
        it.expect(FenceState.FENCING);
        assertFalse(it.permits(old));
        it.cutDone();
        it.seen(primary(A, 2, 200));
        it.confirm(view(1, A, 0), peer(1));

        it.expect(FenceState.OPEN);
        assertEquals(2, Objects.requireNonNull(it.route.epoch()).timeline());
        assertTrue(it.permits(it.route.sequence()));
        it.confirm(view(1, A, 0), peer(1));
        it.expect(FenceState.OPEN);
    }

    @Test
    void sameToken_anotherNodeOrAnAuthorityThatTellsTimelines_isNoReasonToLeave() {
        FenceFixture it = FenceFixture.open();
        it.observations = List.of(primary(B, 2, 200));
        it.confirm(view(1, A, 0), peer(1));
        it.expect(FenceState.OPEN);

        it.observations = List.of(primary(A, 2, 200));
        it.confirm(view(1, A, 1), peer(1));

        it.expect(FenceState.OPEN);
    }

    @Test
    void higherToken_lowerTimeline_isRefusedWithAnAlarm() {
        FenceFixture it = new FenceFixture(FenceSettings.DEFAULT, new Epoch(new Incarnation("zk", 0), 1, 5));
        it.confirm(view(1, A, 5));
        it.seen(primary(A, 5, 100));
        it.expect(FenceState.OPEN);

        it.confirm(view(2, B, 4));

        it.expect(FenceState.WAITING);
        assertFalse(it.permits(it.route.sequence()));
        assertTrue(it.events.get(it.events.size() - 1).isAlarm());
        assertEquals(1, epoch(it.fence.accepted()).token());
    }

    @Test
    void lowerTimelineFoundByLooking_doesNotOpen() {
        FenceFixture it = new FenceFixture(FenceSettings.DEFAULT, new Epoch(new Incarnation("zk", 0), 1, 5));
        it.confirm(view(2, A, 0));
        it.seen(primary(A, 4, 100));

        it.expect(FenceState.VERIFYING);
        assertTrue(it.kinds().contains(FenceEvent.Kind.PRIMARY_REFUSED));
    }

    @Test
    void timelineLowerThanOthersHaveSeen_doesNotOpen_evenWithoutAMemory() {
        FenceFixture it = new FenceFixture();
        it.confirm(view(9, A, 0).withLeastTimeline(2));

        it.seen(primary(A, 1, 100));
        it.expect(FenceState.VERIFYING);
        assertFalse(it.route.opens(it.now));
        assertTrue(
                it.kinds().contains(FenceEvent.Kind.PRIMARY_REFUSED),
                () -> it.kinds().toString());

        it.pass(Duration.ofMillis(50));
        it.seen(primary(A, 3, 100));
        it.expect(FenceState.OPEN);
    }

    @Test
    void anotherNodeOnTheSameTimeline_isFollowedWithAnAlarm() {
        FenceFixture it = FenceFixture.open();

        it.confirm(view(2, B, 0));
        it.cutDone();
        it.seen(primary(B, 1, 200));
        it.confirm(view(2, B, 0));

        it.expect(FenceState.OPEN);
        assertTrue(it.kinds().contains(FenceEvent.Kind.FORKED), () -> it.kinds().toString());
    }

    @Test
    void lowerToken_afterARestartOfTheProcess_isRefused() {
        FenceFixture it = new FenceFixture(FenceSettings.DEFAULT, new Epoch(new Incarnation("zk", 0), 9, 5));
        it.confirm(view(8, A, 0));

        it.expect(FenceState.WAITING);
        assertEquals(List.of(FenceEvent.Kind.VIEW_REFUSED), it.kinds());
        assertEquals(9, epoch(it.saved).token());
    }

    @Test
    void twoNodesUnderOneToken_areRefused() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(1, B, 0));

        it.expect(FenceState.WAITING);
        assertTrue(it.kinds().contains(FenceEvent.Kind.VIEW_REFUSED));
    }

    @Test
    void anotherIncarnation_isRefusedUntilTheOperatorAcceptsIt() {
        FenceFixture it = FenceFixture.open();
        View other = new View(new Epoch(new Incarnation("restored", 0), 1, 0), B, List.of(B), Set.of());
        it.confirm(other);
        it.expect(FenceState.WAITING);
        assertEquals(0, it.nextReport().fencedToken());

        it.fence.acceptLineage();
        it.expect(FenceState.FENCING);
        it.cutDone();
        it.expect(FenceState.WAITING);
        it.confirm(other);
        it.seen(primary(B, 1, 5));
        it.expect(FenceState.BARRIER);
        it.confirm(other);
        it.expect(FenceState.BARRIER);
        it.pass(Duration.ofMillis(4_100));
        it.confirm(other);

        it.expect(FenceState.OPEN);
    }

    @Test
    void splitBrain_holdsAndKeepsTheServers() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(1, A, 0, View.Flag.SPLIT_BRAIN));
        it.expect(FenceState.WAITING);
        assertFalse(it.permits(it.route.sequence()));
        assertTrue(it.kinds().contains(FenceEvent.Kind.SPLIT_BRAIN));

        it.confirm(view(1, A, 0));

        it.expect(FenceState.OPEN);
    }

    @Test
    void raiseWithoutAPrimary_cuts_andTheNextPrimaryUnderItOpensAtOnce() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(2, null, 0), peer(1));
        it.expect(FenceState.FENCING);
        it.cutDone();
        it.expect(FenceState.WAITING);
        it.confirm(view(2, null, 0), peer(2));

        it.confirm(view(2, B, 2), peer(2));
        it.seen(primary(B, 2, 200));

        it.expect(FenceState.OPEN);
    }

    @Test
    void draining_reportsWhenTheLastTransactionHasEnded_andOpensAgainIfCalledOff() {
        FenceFixture it = FenceFixture.open();
        it.confirm(view(1, A, 0, View.Flag.DRAINING));
        assertEquals(Route.Mode.DRAINING, it.route.mode());
        assertTrue(it.permits(it.route.sequence()));
        assertFalse(it.route.opens(it.now));
        it.confirm(view(1, A, 0, View.Flag.DRAINING));
        assertEquals(1, it.drains.size());
        assertEquals(0, it.nextReport().drainedToken());
        it.drains.remove().run();
        it.confirm(view(1, A, 0, View.Flag.DRAINING));
        assertEquals(1, it.nextReport().drainedToken());

        it.confirm(view(1, A, 0));

        it.expect(FenceState.OPEN);
        assertEquals(0, it.nextReport().drainedToken());
    }

    @Test
    void suspicion_asksAtOnce() {
        FenceFixture it = FenceFixture.open();
        it.pass(Duration.ofMillis(100));
        assertTrue(it.questions.isEmpty());

        it.fence.suspect();

        assertEquals(1, it.questions.size());
    }

    @Test
    void calm_asksEverySecond() {
        FenceFixture it = FenceFixture.open();
        it.pass(Duration.ofMillis(999));
        assertTrue(it.questions.isEmpty());

        it.pass(Duration.ofMillis(1));

        assertEquals(1, it.questions.size());
    }

    @Test
    void witnesses_keepTheLeaseAlive_whileAllStreamFromThePrimary() {
        FenceFixture it =
                new FenceFixture(FenceSettings.DEFAULT.withPolicy(OnDiscoveryLoss.WITNESS, Duration.ZERO), null);
        it.confirm(view(1, A, 0));
        it.seen(primary(A, 1, 100));
        it.pass(Duration.ofMillis(4_100));
        it.confirm(view(1, A, 0));
        it.expect(FenceState.OPEN);
        it.nextReport();

        it.pass(Duration.ofMillis(3_200));
        for (int i = 0; i < 20; i++) {
            assertEquals(List.of(A, B), it.lookedAt);
            it.seen(primary(A, 1, 100), standby(B, 1, A));
            it.pass(Duration.ofMillis(500));
            it.expect(FenceState.OPEN);
        }
        assertEquals(
                1, it.kinds().stream().filter(FenceEvent.Kind.WITNESSED::equals).count());
        it.seen(primary(A, 1, 100), NodeObservation.unreachable("b"));
        it.pass(Duration.ofMillis(501));

        it.expect(FenceState.LEASELESS);
    }

    @Test
    void stop_isDoneWhenTheServersAreGone() {
        FenceFixture it = FenceFixture.open();
        boolean[] done = {false};
        it.fence.stop(() -> done[0] = true);
        assertFalse(it.permits(0));
        assertFalse(done[0]);
        it.cutDone();

        assertTrue(done[0]);
        it.expect(FenceState.STOPPED);
        it.pass(Duration.ofSeconds(10));
        assertTrue(it.questions.isEmpty());
    }

    @Test
    void answerAfterStop_isIgnored() {
        FenceFixture it = FenceFixture.open();
        it.nextReport();
        it.fence.stop(() -> {});

        it.fence.confirmed(it.now, new Confirmation(view(1, A, 0), List.of()));

        it.expect(FenceState.STOPPED);
        assertNull(it.route.primary());
    }

    @Test
    void diskFull_isAnAlarmAndNoOutage() {
        FenceFixture it = new FenceFixture();
        it.diskFull = true;
        it.confirm(view(1, A, 0));
        it.seen(primary(A, 1, 100));

        it.expect(FenceState.OPEN);
        assertTrue(it.kinds().contains(FenceEvent.Kind.EPOCH_NOT_SAVED));
    }

    @Test
    void settings_refuseALeaseThatASessionDoesNotOutlast() {
        Duration second = Duration.ofSeconds(1);
        Duration quarter = Duration.ofMillis(250);
        assertThrows(
                IllegalArgumentException.class,
                () -> new FenceSettings(
                        Duration.ofMillis(5_900),
                        Duration.ofSeconds(6),
                        second,
                        quarter,
                        OnDiscoveryLoss.HOLD,
                        second));
    }

    private static Epoch epoch(@Nullable Epoch given) {
        return Objects.requireNonNull(given);
    }
}
