package io.pgorchestra.discovery.conductor;

import static io.pgorchestra.discovery.conductor.Nodes.failingOver;
import static io.pgorchestra.discovery.conductor.Nodes.primary;
import static io.pgorchestra.discovery.conductor.Nodes.standby;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CandidatesTest {

    private static final NodeObservation GONE = NodeObservation.unreachable("a");

    private static List<String> names(PrimaryRecord record, boolean lossless, NodeObservation... seen) {
        return Candidates.of(record, lossless, List.of(seen), Set.of()).stream()
                .map(NodeObservation::node)
                .toList();
    }

    @Test
    void nothingPromised_mostAdvancedFirst() {
        assertEquals(
                List.of("c", "b"),
                names(failingOver(List.of(), 0), false, GONE, standby("b", 3, 100), standby("c", 3, 101)));
    }

    @Test
    void laterTimelineBeatsMoreBytes() {
        assertEquals(
                List.of("b", "c"), names(failingOver(List.of(), 0), false, standby("b", 4, 100), standby("c", 3, 900)));
    }

    @Test
    void olderTimelineOrOtherSystem_isNoCandidate() {
        NodeObservation foreign = new NodeObservation("c", State.STANDBY, 0, 43, 3, 100, 100, 1, "");
        assertEquals(List.of(), names(failingOver(List.of(), 0), false, standby("b", 2, 100), foreign));
    }

    @Test
    void synchronous_onlyThoseThatAreTrusted() {
        assertEquals(
                List.of("b"), names(failingOver(List.of("b"), 1), true, standby("b", 3, 100), standby("c", 3, 200)));
    }

    @Test
    void quorum_needsEnoughToHoldTheNewestCommit() {
        PrimaryRecord record = failingOver(List.of("b", "c"), 1);
        assertEquals(List.of(), names(record, true, standby("b", 3, 100), NodeObservation.unreachable("c")));
        assertEquals(List.of("c"), names(record, true, standby("b", 3, 100), standby("c", 3, 101)));
    }

    @Test
    void quorumOfTwo_oneOfThemIsEnough() {
        assertEquals(
                List.of("b"),
                names(failingOver(List.of("b", "c"), 2), true, standby("b", 3, 100), NodeObservation.unreachable("c")));
    }

    @Test
    void lossless_beforeAnythingIsPromised_nobody() {
        assertEquals(List.of(), names(failingOver(List.of(), 0), true, standby("b", 3, 100), standby("c", 3, 100)));
    }

    @Test
    void formerThatIsAStandbyNow_hasEverything() {
        assertEquals(
                List.of("a", "c"),
                names(
                        failingOver(List.of("b"), 1),
                        true,
                        standby("a", 3, 100),
                        standby("b", 3, 99),
                        standby("c", 3, 100)));
    }

    @Test
    void primary_isNoCandidate() {
        assertEquals(List.of("b"), names(failingOver(List.of(), 0), false, primary("a", 3, 500), standby("b", 3, 1)));
    }

    @Test
    void quorum_whoeverFailedStaysOut_butCounts() {
        List<NodeObservation> seen = List.of(standby("b", 3, 100), standby("c", 3, 100));
        List<NodeObservation> left = Candidates.of(failingOver(List.of("b", "c"), 1), true, seen, Set.of("b"));
        assertEquals(List.of(seen.get(1)), left);
    }
}
