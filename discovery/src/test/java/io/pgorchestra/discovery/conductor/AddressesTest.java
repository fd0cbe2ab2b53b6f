package io.pgorchestra.discovery.conductor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AddressesTest {

    private static final Node A = Nodes.A;
    private static final Node B = Nodes.B;
    private static final Node C = Nodes.C;
    private static final Node A2 = new Node("a", "10.0.1.1", 5432);
    private static final Node B2 = new Node("b", "10.0.1.2", 5432);
    private static final Node D = new Node("d", "10.0.0.4", 5432);
    private static final PrimaryRecord SERVING = Nodes.serving(List.of(), 0);

    private static NodeObservation seen(String name, State state, long system, int timeline, long lsn, long start) {
        return new NodeObservation(name, state, 0, system, timeline, lsn, lsn, start, "");
    }

    private static NodeObservation standby(String name) {
        return Nodes.standby(name, 3, 100);
    }

    private static NodeObservation primary(String name) {
        return Nodes.primary(name, 3, 100);
    }

    private static NodeObservation silent(String name) {
        return NodeObservation.unreachable(name);
    }

    private static List<Node> corrected(List<Node> configured, Map<Node, NodeObservation> seen) {
        return new Addresses(configured).corrected(SERVING, seen).members();
    }

    private static @Nullable String refusal(NodeObservation here, NodeObservation there, NodeObservation... standbys) {
        Map<Node, NodeObservation> seen =
                standbys.length == 0 ? Map.of(A, here, A2, there) : Map.of(A, here, A2, there, B, standbys[0]);
        return new Addresses(List.of(A2, B, C)).refusal(SERVING, A2, seen);
    }

    @Test
    void sameConfiguration_hasNothingToSay() {
        Addresses addresses = new Addresses(List.of(A, B, C));

        assertEquals(List.of(), addresses.elsewhere(SERVING));
        assertNull(addresses.primaryElsewhere(SERVING));
        assertSame(SERVING, addresses.corrected(SERVING, Map.of()));
    }

    @Test
    void standbyThatAnswersElsewhere_isThere() {
        Addresses addresses = new Addresses(List.of(A, B2, C));

        assertEquals(List.of(B2), addresses.elsewhere(SERVING));
        assertEquals(List.of(A, B2, C), corrected(List.of(A, B2, C), Map.of(B2, standby("b"))));
    }

    @Test
    void standbyThatDoesNotAnswerElsewhere_isWhereItWas() {
        assertEquals(List.of(A, B, C), corrected(List.of(A, B2, C), Map.of(B2, silent("b"))));
    }

    @Test
    void nodeOfAnotherCluster_isNotTaken() {
        NodeObservation other = seen("b", State.STANDBY, 43, 3, 100, 1);

        assertEquals(List.of(A, B, C), corrected(List.of(A, B2, C, D), Map.of(B2, other, D, other)));
    }

    @Test
    void newNode_isAddedWhenItAnswers() {
        assertEquals(List.of(A, B, C, D), corrected(List.of(A, B, C, D), Map.of(D, standby("d"))));
        assertEquals(List.of(A, B, C), corrected(List.of(A, B, C, D), Map.of(D, silent("d"))));
    }

    @Test
    void primaryUnderAnotherName_isNotAMemberASecondTime() {
        Node same = new Node("same", A.host(), A.port());

        assertEquals(List.of(A, B, C), corrected(List.of(same, B, C), Map.of(same, primary("same"))));
    }

    @Test
    void nodeWhoseAddressAnotherHas_isWhereTheConfigurationSays() {
        Node c2 = new Node("c", B.host(), B.port());

        assertEquals(List.of(A, B2, c2), corrected(List.of(A, B2, c2), Map.of(B2, silent("b"), c2, standby("c"))));
        assertEquals(List.of(A, c2), corrected(List.of(A, c2), Map.of(c2, standby("c"))));
    }

    @Test
    void primary_isLeftToAnEpochOfItsOwn() {
        Addresses addresses = new Addresses(List.of(A2, B, C));

        assertSame(SERVING, addresses.corrected(SERVING, Map.of(A2, primary("a"))));
        assertEquals(A2, addresses.primaryElsewhere(SERVING));
        PrimaryRecord resumed = SERVING.resumed(A2);
        assertEquals(SERVING.epoch() + 1, resumed.epoch());
        assertEquals(A2, resumed.primary());
        assertEquals(List.of(A2, B, C), resumed.members());
        assertEquals(SERVING.timeline(), resumed.timeline());
    }

    @Test
    void primaryThatTakesWritesElsewhereOnly_isFollowed() {
        assertNull(refusal(silent("a"), primary("a")));
        assertNull(refusal(standby("a"), primary("a"), standby("b")));
    }

    @Test
    void primaryThatIsOneServerAtBothAddresses_isFollowed_thoughItGoesOnWriting() {
        assertNull(refusal(primary("a"), primary("a"), Nodes.standby("b", 3, 200)));
    }

    @Test
    void primaryThatIsNotThereYet_isNotFollowed() {
        assertNotNull(refusal(silent("a"), silent("a")));
        assertNotNull(refusal(silent("a"), standby("a")));
    }

    @Test
    void primaryOfAnotherClusterOrTimeline_isNotFollowed() {
        assertNotNull(refusal(silent("a"), seen("a", State.PRIMARY, 43, 3, 100, 1)));
        assertNotNull(refusal(silent("a"), seen("a", State.PRIMARY, 42, 2, 100, 1)));
        assertNotNull(refusal(silent("a"), seen("a", State.PRIMARY, 42, 4, 100, 1)));
    }

    @Test
    void copyOfThePrimary_whileItTakesWritesItself_isNotFollowed() {
        NodeObservation copy = seen("a", State.PRIMARY, 42, 3, 100, 2);

        assertNotNull(refusal(primary("a"), copy));
        assertNotNull(refusal(seen("a", State.NOT_ACCEPTING, 0, 0, 0, 0), copy));
    }

    @Test
    void copyOfThePrimary_thatLacksWhatAStandbyHas_isNotFollowed() {
        assertNotNull(refusal(silent("a"), primary("a"), Nodes.standby("b", 3, 101)));
        assertNull(refusal(silent("a"), primary("a"), Nodes.standby("b", 3, 100)));
    }
}
