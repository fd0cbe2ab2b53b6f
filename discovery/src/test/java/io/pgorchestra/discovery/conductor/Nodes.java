package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import java.util.List;

/** A cluster of a, b and c on timeline 3, of which a is or was the primary. */
final class Nodes {

    static final Node A = new Node("a", "10.0.0.1", 5432);
    static final Node B = new Node("b", "10.0.0.2", 5432);
    static final Node C = new Node("c", "10.0.0.3", 5432);

    private Nodes() {}

    static PrimaryRecord serving(List<String> synchronous, int quorum) {
        return new PrimaryRecord(7, Phase.SERVING, A, null, null, 42, 3, synchronous, quorum, List.of(A, B, C));
    }

    static PrimaryRecord failingOver(List<String> synchronous, int quorum) {
        return serving(synchronous, quorum).raised(Phase.FAILING_OVER, "a", null);
    }

    static NodeObservation standby(String name, int timeline, long lsn) {
        return new NodeObservation(name, State.STANDBY, 0, 42, timeline, lsn, lsn, 1, A.address());
    }

    static NodeObservation primary(String name, int timeline, long lsn) {
        return new NodeObservation(name, State.PRIMARY, 0, 42, timeline, lsn, lsn, 1, "");
    }
}
