package io.pgorchestra.lab.history;

import static io.pgorchestra.lab.history.MadeUpHistory.PG1;
import static io.pgorchestra.lab.history.MadeUpHistory.PG2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each check finds what it is for, and nothing in a history where all is well. */
class HistoryCheckTest {

    private static final OutageCheck WRITES_BACK_IN_A_SECOND =
            new OutageCheck(Operation.Kind.WRITE, Duration.ofSeconds(1));

    @Test
    void everyCheck_ofCleanFailover_holds() {
        HistoryResult result = HistoryResult.of(
                "clean",
                cleanFailover().tell(),
                List.of(
                        new SetCheck(0),
                        new FenceCheck(),
                        new ErrorClassCheck(ErrorClassCheck.PROMISED),
                        WRITES_BACK_IN_A_SECOND,
                        new ConnectionCheck(0)));

        assertTrue(result.holds(), result.table());
        assertEquals(4, result.writes().ok());
        assertEquals(1, result.writes().unknown());
        assertEquals(400_000_000, result.reads().longestWaitNanos());
    }

    @Test
    void set_acknowledgedAndMissing_isLost() {
        History history = cleanFailover().acknowledged(9, PG1, 1, 105).tell();

        assertEquals(
                List.of("acknowledged and lost: id 9, written to pg1 on timeline 1"),
                findings(new SetCheck(0), history));
        assertEquals(List.of(), findings(new SetCheck(1), history));
    }

    @Test
    void set_rolledBackAndPresent_isMisreported() {
        History history =
                cleanFailover().refused(9, "40001", 120).stored(9, PG1, 1, 119).tell();

        assertEquals(
                List.of(
                        "reported as rolled back (40001) and yet there: id 9 of client 0, written to pg1 on timeline 1"),
                findings(new SetCheck(0), history));
    }

    @Test
    void set_unknown_mayBeEither() {
        History present =
                cleanFailover().unknown(9, "08007", 120).stored(9, PG1, 1, 119).tell();
        History absent = cleanFailover().unknown(9, "08007", 120).tell();

        assertEquals(List.of(), findings(new SetCheck(0), present));
        assertEquals(List.of(), findings(new SetCheck(0), absent));
    }

    @Test
    void set_rowTwiceOrOfNobody_isFound() {
        History history =
                cleanFailover().stored(1, PG1, 1, 100).stored(77, PG1, 1, 100).tell();

        assertEquals(List.of("written twice: id 1", "written by nobody: id 77"), findings(new SetCheck(0), history));
    }

    @Test
    void fence_oldPrimaryTakesWriteAfterNewOne_isOverlap() {
        History history = cleanFailover().acknowledged(9, PG1, 1, 650).tell();

        assertEquals(
                List.of("pg1/1 and pg2/2 both took writes for 50 ms; acknowledged late, by proxy: {px1=1}"),
                findings(new FenceCheck(), history));
    }

    @Test
    void fence_unknownWriteFoundOnOldPrimary_countsToo() {
        History history =
                cleanFailover().unknown(9, "08007", 700).stored(9, PG1, 1, 620).tell();

        assertEquals(
                List.of("pg1/1 and pg2/2 both took writes for 20 ms; acknowledged late, by proxy: {}"),
                findings(new FenceCheck(), history));
    }

    @Test
    void fence_backToOlderTimelineOrSameOnTwoNodes_isFound() {
        History older = new MadeUpHistory()
                .written(1, PG2, 2, 100)
                .written(2, PG1, 1, 200)
                .tell();
        History same = new MadeUpHistory()
                .written(1, PG2, 2, 100)
                .written(2, PG1, 2, 200)
                .tell();

        assertEquals(
                List.of("pg2/2 and pg1/1: the later one's timeline is the older"), findings(new FenceCheck(), older));
        assertEquals(List.of("pg2/2 and pg1/2 wrote the same timeline"), findings(new FenceCheck(), same));
    }

    @Test
    void fence_nodeThatComesBackOnNewTimeline_isNoOverlap() {
        History history = cleanFailover().written(9, PG1, 3, 900).tell();

        assertEquals(List.of(), findings(new FenceCheck(), history));
    }

    @Test
    void errorClass_notPromised_isFoundAndCounted() {
        History history = cleanFailover()
                .refused(8, "25006", 120)
                .refused(9, "25006", 130)
                .tell();

        List<String> findings = findings(new ErrorClassCheck(Set.of("08007")), history);

        assertEquals(List.of("SQLSTATE 25006, 2 times (expected: one of [08007]): {px1 by client 0=2}"), findings);
    }

    @Test
    void outage_longerThanLimit_isFound() {
        History history = new MadeUpHistory()
                .written(1, PG1, 1, 100)
                .fault("kill pg1", 150)
                .written(2, PG1, 1, 160)
                .written(3, PG2, 2, 2_160)
                .tell();

        assertEquals(
                List.of("kill pg1: 2000 ms (expected: at most 1000 ms)"), findings(WRITES_BACK_IN_A_SECOND, history));
    }

    @Test
    void outage_withoutEnd_isFoundHoweverShort() {
        History history = new MadeUpHistory()
                .written(1, PG1, 1, 100)
                .fault("kill pg1", 150)
                .unknown(2, "08007", 200)
                .tell();

        assertEquals(List.of("kill pg1: 100 ms and never again"), findings(WRITES_BACK_IN_A_SECOND, history));
    }

    @Test
    void outage_afterNextFault_isNotBlamedOnTheFirst() {
        History history = new MadeUpHistory()
                .written(1, PG1, 1, 100)
                .fault("blip", 150)
                .written(2, PG1, 1, 200)
                .fault("kill pg1", 250)
                .written(3, PG1, 1, 260)
                .written(4, PG2, 2, 900)
                .tell();

        assertEquals(
                "blip: 100 ms; kill pg1: 640 ms",
                WRITES_BACK_IN_A_SECOND.check(history).figures());
    }

    /** Which of the two it comes from cannot be told: a write may be acknowledged just after a kill. */
    @Test
    void outage_overNextFault_countsForBoth() {
        History history = new MadeUpHistory()
                .written(1, PG1, 1, 100)
                .fault("kill pg1", 150)
                .written(2, PG1, 1, 151)
                .fault("start pg1", 250)
                .written(3, PG1, 1, 900)
                .tell();

        assertEquals(
                "kill pg1: 749 ms; start pg1: 749 ms",
                WRITES_BACK_IN_A_SECOND.check(history).figures());
    }

    @Test
    void connections_lost_areFound() {
        History history = cleanFailover().lostConnection().lostConnection().tell();

        assertEquals(List.of("2 lost (expected: at most 1)"), findings(new ConnectionCheck(1), history));
    }

    @ParameterizedTest
    @ValueSource(strings = {"08007", "08006", "57P01", "57P02", ""})
    void afterSending_connectionGone_isUnknown(String sqlState) {
        assertEquals(Outcome.UNKNOWN, Outcome.afterSending(sqlState));
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "57P03", "53300", "25006", "23505"})
    void afterSending_refused_isFailed(String sqlState) {
        assertEquals(Outcome.FAILED, Outcome.afterSending(sqlState));
    }

    @Test
    void table_ofBrokenRule_marksItAndCutsTheList() {
        MadeUpHistory history = cleanFailover();
        for (int id = 10; id < 20; id++) {
            history.acknowledged(id, PG1, 1, 100);
        }

        HistoryResult result = HistoryResult.of("lossy", history.tell(), List.of(new SetCheck(0), new FenceCheck()));

        assertFalse(result.holds());
        assertTrue(result.table().contains("BROKEN  SET"), result.table());
        assertTrue(result.table().contains("ok      FENCE"), result.table());
        assertTrue(result.table().contains("and 5 more"), result.table());
    }

    @Test
    void picture_ofFailover_showsPrimariesFaultAndErrors() {
        String svg = HistoryPicture.svg("a < b", cleanFailover().tell());

        assertTrue(svg.startsWith("<svg ") && svg.endsWith("</svg>\n"), svg);
        for (String expected : List.of(
                "a &lt; b",
                ">pg1<",
                ">pg2<",
                "primary, timeline 2",
                "kill pg1",
                "08007 after",
                "none for 0.5 s",
                "1 x 08007 unknown")) {
            assertTrue(svg.contains(expected), expected + " is not in " + svg);
        }
    }

    @Test
    void summary_ofFailover_saysWhoWasPrimaryAndHowLongClientsWaited() {
        assertEquals(
                List.of(
                        "  at 0.02 s    kill pg1",
                        "  primary      pg1 on timeline 1, writes from 0.00 s to 0.01 s",
                        "  primary      pg2 on timeline 2, writes from 0.50 s to 0.60 s",
                        "  writes       4 ok, 0 failed, 1 unknown; longest wait 0.00 s; longest time without one 0.49 s",
                        "  reads        1 ok, 0 failed, 0 unknown; longest wait 0.40 s; longest time without one 0.50 s",
                        "  errors       1 x 08007 on a write",
                        "  connections  0 lost",
                        "  lost         0 of the acknowledged writes"),
                HistorySummary.lines(cleanFailover().tell()));
    }

    /** pg1 is killed after 2 writes, one more is in doubt; pg2 takes over after half a second, and a read waits. */
    private static MadeUpHistory cleanFailover() {
        return new MadeUpHistory()
                .written(1, PG1, 1, 100)
                .written(2, PG1, 1, 110)
                .fault("kill pg1", 115)
                .unknown(3, "08007", 116)
                .written(4, PG2, 2, 600)
                .written(5, PG2, 2, 700)
                .read(PG2, 600, 400);
    }

    private static List<String> findings(HistoryCheck check, History history) {
        return check.check(history).findings();
    }
}
