package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The turn of a conductor in which it looks where the configuration says that nodes are, while the record says otherwise, and corrects the
 * record. Bound to its conductor's thread.
 */
final class Readdressing {

    /** A look at an address where nobody is takes time, and may be in vain for as long as a configuration is wrong. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

    private static final String TURN = "addresses";

    private final Conductor conductor;
    private final NodeControl nodes;
    private final Addresses addresses;

    Readdressing(Conductor conductor, NodeControl nodes, Addresses addresses) {
        this.conductor = conductor;
        this.nodes = nodes;
        this.addresses = addresses;
    }

    boolean isDue(Round round) {
        return !addresses.elsewhere(round.record()).isEmpty() && conductor.isDue(TURN, PAUSE_NANOS);
    }

    void look(Round round) {
        Set<Node> places = new LinkedHashSet<>(round.record().members());
        places.addAll(addresses.elsewhere(round.record()));
        List<Node> asked = List.copyOf(places);
        nodes.look(asked, answers -> {
            Map<Node, NodeObservation> seen = new LinkedHashMap<>();
            asked.forEach(node -> seen.put(node, answers.get(seen.size())));
            if (conductor.isElected()) {
                correct(round, seen);
            } else {
                conductor.endSoon();
            }
        });
    }

    private void correct(Round round, Map<Node, NodeObservation> seen) {
        PrimaryRecord record = round.record();
        PrimaryRecord corrected = addresses.corrected(record, seen);
        Node primary = addresses.primaryElsewhere(record);
        if (!corrected.equals(record)) {
            conductor.write(round, corrected, next -> {
                conductor.event(
                        ConductorEvent.Kind.READDRESSED,
                        record.epoch(),
                        "the nodes are " + corrected.members() + " now");
                // The primary is the next one's turn.
                conductor.makeDue(TURN);
                conductor.endAtOnce();
            });
        } else if (primary != null && record.phase() == Phase.SERVING) {
            follow(round, primary, seen);
        } else {
            conductor.endSoon();
        }
    }

    private void follow(Round round, Node to, Map<Node, NodeObservation> seen) {
        PrimaryRecord record = round.record();
        String refusal = addresses.refusal(record, to, seen);
        if (refusal == null) {
            PrimaryRecord resumed = record.resumed(to);
            conductor.write(round, resumed, next -> {
                conductor.event(
                        ConductorEvent.Kind.READDRESSED,
                        resumed.epoch(),
                        "the primary " + record.primary() + " is " + to + " now");
                conductor.raised();
            });
            return;
        }
        NodeObservation there = seen.get(to);
        if (there != null && there.state() == State.PRIMARY) {
            conductor.complain(ConductorEvent.Kind.STALE_PRIMARY, record.epoch(), refusal);
        }
        conductor.endSoon();
    }
}
