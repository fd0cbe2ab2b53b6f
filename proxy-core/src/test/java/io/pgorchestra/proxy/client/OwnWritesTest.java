package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.discovery.TimelineHistory;
import io.pgorchestra.proxy.client.OwnWrites.Loss;
import io.pgorchestra.proxy.standby.LsnClock;
import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.standby.Standbys;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnWritesTest {

    private static final Node PG1 = new Node("pg1", "127.0.0.1", 5001);
    private static final Node PG2 = new Node("pg2", "127.0.0.1", 5002);
    private static final Standbys.Listener NOBODY = new Standbys.Listener() {
        @Override
        public void used() {}

        @Override
        public void unfit(Standby standby) {}

        @Override
        public void cut(Standby standby, long sequence) {}
    };

    /** The first route that is opened has the sequence 0. */
    private Route route = route(0, PG1, 1, Route.Mode.OPEN);

    private Standbys standbys = standbys(false);

    private Standbys standbys(boolean synchronous) {
        return new Standbys(Map.of(), Duration.ofSeconds(10), synchronous, () -> route, System::nanoTime, NOBODY);
    }

    private static Route route(long sequence, Node primary, int timeline, Route.Mode mode) {
        return new Route(
                sequence,
                primary,
                new Epoch(new Incarnation("test", 7), timeline, timeline),
                mode,
                System.nanoTime() + 1_000_000_000_000L);
    }

    private OwnWrites session() {
        return new OwnWrites(standbys.clock(), standbys.switchPoints(), route, false);
    }

    private void primaryAt(Node node, int timeline, long position, TimelineHistory history) {
        long asked = System.nanoTime();
        standbys.seen(
                node,
                new NodeObservation(node.name(), State.PRIMARY, 0, 7, timeline, position, position, 0, "", history),
                asked);
    }

    /** A session that has written up to 1000 at most; the next primary has timeline 1 up to that end. */
    private OwnWrites writerThenFailoverAt(long end) {
        OwnWrites session = session();
        session.wrote();
        primaryAt(PG1, 1, 1000, TimelineHistory.UNKNOWN);
        assertEquals(1000, session.needed());
        failOver(end);
        return session;
    }

    private void failOver(long end) {
        primaryAt(PG2, 2, 5000, new TimelineHistory(2, Map.of(1, end)));
        route = route(1, PG2, 2, Route.Mode.OPEN);
    }

    @Test
    void writeBehindTheSwitchPoint_isPossiblyLost_andToldOnce() {
        OwnWrites session = writerThenFailoverAt(999);

        assertEquals(new Loss(1, 999), session.primaryChanged(route));
        assertNull(session.primaryChanged(route));
        assertEquals(999, session.needed());
    }

    @Test
    void writeBeforeTheSwitchPoint_isNot() {
        assertNull(writerThenFailoverAt(1000).primaryChanged(route));
    }

    /** The first look after it never came: the primary was dead. */
    @Test
    void writeJustBeforeThePrimaryDied_isPossiblyLost() {
        OwnWrites session = session();
        primaryAt(PG1, 1, 1000, TimelineHistory.UNKNOWN);
        session.wrote();
        failOver(2000);

        assertEquals(new Loss(1, 2000), session.primaryChanged(route));
    }

    /** Its position was not asked for before the primary died, but the proxy has seen it. */
    @Test
    void writeThatNobodyHasReadSince_isLocatedByTheLooksOfItsReign() {
        OwnWrites session = session();
        session.wrote();
        primaryAt(PG1, 1, 1000, TimelineHistory.UNKNOWN);
        failOver(1000);
        primaryAt(PG2, 2, 6000, new TimelineHistory(2, Map.of(1, 1000L)));

        assertNull(session.primaryChanged(route));
    }

    @Test
    void sessionThatHasWrittenNothing_losesNothing() {
        OwnWrites session = session();
        primaryAt(PG1, 1, 1000, TimelineHistory.UNKNOWN);
        failOver(500);

        assertNull(session.primaryChanged(route));
    }

    @Test
    void handedOver_losesNothing() {
        OwnWrites session = session();
        primaryAt(PG1, 1, 1000, TimelineHistory.UNKNOWN);
        session.wrote();
        standbys.routed(route(0, PG1, 1, Route.Mode.DRAINING));
        standbys.routed(route(0, PG1, 1, Route.Mode.HOLDING));
        failOver(2000);
        standbys.routed(route);

        assertNull(session.primaryChanged(route));
    }

    @Test
    void handoverCalledOff_thenDeath_mayLose() {
        OwnWrites session = session();
        session.wrote();
        standbys.routed(route(0, PG1, 1, Route.Mode.DRAINING));
        standbys.routed(route(0, PG1, 1, Route.Mode.OPEN));
        failOver(2000);

        assertEquals(new Loss(1, 2000), session.primaryChanged(route));
    }

    @Test
    void synchronousReplication_losesNothing() {
        standbys = standbys(true);

        assertNull(writerThenFailoverAt(10).primaryChanged(route));
    }

    @Test
    void historyThatCannotBeRead_saysNothing() {
        OwnWrites session = session();
        session.wrote();
        primaryAt(PG2, 2, 5000, new TimelineHistory(2, Map.of()));
        route = route(1, PG2, 2, Route.Mode.OPEN);

        assertNull(session.primaryChanged(route));
    }

    @Test
    void token_ofALeftTimeline_behindItsEnd_isPossiblyLost() {
        failOver(1000);
        OwnWrites session = session();

        assertNull(session.toldOf(1, 1000));
        assertNull(session.toldOf(2, 4000));
        assertEquals(new Loss(1, 1000), session.toldOf(1, 1001));
        assertEquals(4000, session.needed());
    }

    @Test
    void needed_afterAWrite_isUnknownUntilTheNextLook() {
        primaryAt(PG1, 1, 1000, TimelineHistory.UNKNOWN);
        OwnWrites session = session();
        session.wrote();

        assertEquals(LsnClock.UNKNOWN, session.needed());
    }
}
