package io.pgorchestra.discovery.zookeeper;

import static io.pgorchestra.discovery.zookeeper.Zookeepers.A;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublishVerdictTest {

    private static final long SYSTEM = 77;

    @Test
    void first_isEpochOne() throws PublishException {
        PrimaryRecord record = PublishVerdict.next(null, A, writes(A, 3), false);

        assertEquals(1, record.epoch());
        assertEquals(A, record.primary());
        assertEquals(3, record.timeline());
        assertEquals(SYSTEM, record.systemIdentifier());
        assertEquals(List.of(A), record.members());
    }

    @Test
    void same_isNotWrittenAgain() throws PublishException {
        PrimaryRecord present = serving(5, A, 3);

        assertSame(present, PublishVerdict.next(present, A, writes(A, 3), false));
    }

    @Test
    void promoted_isTheNextEpoch_andTheOldOneStaysAMember() throws PublishException {
        PrimaryRecord record = PublishVerdict.next(serving(5, A, 3), B, writes(B, 4), false);

        assertEquals(6, record.epoch());
        assertEquals(B, record.primary());
        assertEquals(4, record.timeline());
        assertEquals(List.of(A, B), record.members());
    }

    @Test
    void sameNodeAtAnotherAddress_isTheNextEpoch() throws PublishException {
        Node moved = new Node("a", "10.9.9.9", 5432);

        PrimaryRecord record = PublishVerdict.next(serving(5, A, 3), moved, writes(moved, 3), false);

        assertEquals(6, record.epoch());
        assertEquals(List.of(moved), record.members());
    }

    @Test
    void sameTimelineOnAnotherNode_needsForce() throws PublishException {
        PrimaryRecord present = serving(5, A, 3);

        assertTrue(refusal(present, B, writes(B, 3), false).contains("publish it with --force"));
        assertEquals(6, PublishVerdict.next(present, B, writes(B, 3), true).epoch());
    }

    @Test
    void olderTimeline_isRefused_evenWithForce() {
        assertTrue(refusal(serving(5, A, 3), B, writes(B, 2), true).contains("an old primary that came back"));
    }

    @Test
    void otherSystem_isRefused_evenWithForce() {
        NodeObservation other = new NodeObservation("b", State.PRIMARY, 0, 78, 9, 1, 1, 1, "");

        assertTrue(refusal(serving(5, A, 3), B, other, true).contains("another cluster"));
    }

    @Test
    void reignWithoutPrimary_getsOneUnderItsOwnNumber() throws PublishException {
        PrimaryRecord raised =
                new PrimaryRecord(6, Phase.FAILING_OVER, null, "a", "b", SYSTEM, 3, List.of(), 0, List.of(A, B));

        assertEquals(6, PublishVerdict.next(raised, B, writes(B, 4), false).epoch());
        assertEquals(6, PublishVerdict.next(raised, A, writes(A, 3), false).epoch());
        assertTrue(refusal(raised, B, writes(B, 3), false).contains("--force"));
    }

    private static String refusal(@Nullable PrimaryRecord present, Node node, NodeObservation seen, boolean force) {
        PublishException refused =
                assertThrows(PublishException.class, () -> PublishVerdict.next(present, node, seen, force));
        return String.valueOf(refused.getMessage());
    }

    private static PrimaryRecord serving(long epoch, Node primary, int timeline) {
        return new PrimaryRecord(
                epoch, Phase.SERVING, primary, null, null, SYSTEM, timeline, List.of(), 0, List.of(primary));
    }

    private static NodeObservation writes(Node node, int timeline) {
        return new NodeObservation(node.name(), State.PRIMARY, 0, SYSTEM, timeline, 1, 1, 1, "");
    }
}
