package io.pgorchestra.discovery.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.View;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StaticVerdictTest {

    private static final Node A = new Node("a", "10.0.0.1", 5432);
    private static final Node B = new Node("b", "10.0.0.2", 5432);
    private static final long SYSTEM = 7268616322854375442L;

    private final StaticVerdict verdict = new StaticVerdict();

    @Test
    void oneWritable_isPrimary_itsTimelineTheToken() {
        View view = view(seen(A, State.STANDBY, 3), seen(B, State.PRIMARY, 3));

        assertEquals(B, view.primary());
        assertEquals(3, view.epoch().token());
        assertEquals(3, view.epoch().timeline());
        assertEquals(SYSTEM, view.epoch().incarnation().systemIdentifier());
        assertEquals(List.of(A, B), view.members());
    }

    @Test
    void oneWritable_whileOthersAreNotSeen_isPrimary() {
        assertEquals(
                A,
                view(seen(A, State.PRIMARY, 1), NodeObservation.unreachable("b"))
                        .primary());
    }

    @Test
    void promotion_isANewEpochOfAnotherNode() {
        View first = view(seen(A, State.PRIMARY, 1), seen(B, State.STANDBY, 1));
        View second = view(NodeObservation.unreachable("a"), seen(B, State.PRIMARY, 2));

        assertEquals(B, second.primary());
        assertTrue(first.epoch().mayBeFollowedBy(second.epoch()));
        assertEquals(2, second.epoch().token());
    }

    @Test
    void oldPrimaryComingBackAlone_isAnEpochThatMayNotFollow() {
        View second = view(NodeObservation.unreachable("a"), seen(B, State.PRIMARY, 2));
        View back = view(seen(A, State.PRIMARY, 1), NodeObservation.unreachable("b"));

        assertEquals(false, second.epoch().mayBeFollowedBy(back.epoch()));
    }

    @Test
    void twoWritable_isSplitBrain_withNoPrimaryAndTheOldToken() {
        view(seen(A, State.PRIMARY, 1), seen(B, State.STANDBY, 1));

        View split = view(seen(A, State.PRIMARY, 1), seen(B, State.PRIMARY, 2));

        assertNull(split.primary());
        assertEquals(Set.of(View.Flag.SPLIT_BRAIN), split.flags());
        assertEquals(1, split.epoch().token());
    }

    @Test
    void anotherNodeWritingTheSameTimeline_isSplitBrain() {
        view(seen(A, State.PRIMARY, 1), seen(B, State.STANDBY, 1));

        View split = view(NodeObservation.unreachable("a"), seen(B, State.PRIMARY, 1));

        assertNull(split.primary());
        assertEquals(Set.of(View.Flag.SPLIT_BRAIN), split.flags());
    }

    @Test
    void allStandbys_isNoPrimary_withTheOldToken() {
        view(seen(A, State.PRIMARY, 1), seen(B, State.STANDBY, 1));

        View none = view(seen(A, State.STANDBY, 1), seen(B, State.STANDBY, 1));

        assertNull(none.primary());
        assertEquals(Set.of(), none.flags());
        assertEquals(1, none.epoch().token());
    }

    @Test
    void allStandbys_ofANewerTimeline_tellOfAReignThatWasMissed() {
        View first = view(seen(A, State.PRIMARY, 1), seen(B, State.STANDBY, 1));
        View none = view(seen(A, State.STANDBY, 2), seen(B, State.STANDBY, 2));
        View back = view(seen(A, State.PRIMARY, 1), seen(B, State.STANDBY, 2));

        assertTrue(first.epoch().mayBeFollowedBy(none.epoch()));
        assertEquals(2, none.epoch().token());
        assertEquals(false, none.epoch().mayBeFollowedBy(back.epoch()));
    }

    @Test
    void noneWritable_andOneNotSeen_isNoAnswer_andNamesIt() {
        AuthorityException failure = assertThrows(
                AuthorityException.class, () -> view(NodeObservation.unreachable("a"), seen(B, State.STANDBY, 1)));

        assertEquals("no node takes writes, and these were not seen: a (the trouble of a)", failure.getMessage());
    }

    private View view(NodeObservation... seen) {
        return verdict.view(List.of(A, B), List.of(seen), name -> "the trouble of " + name);
    }

    private static NodeObservation seen(Node node, State state, int timeline) {
        return new NodeObservation(node.name(), state, 0, SYSTEM, timeline, 100, 100, 1, "");
    }
}
