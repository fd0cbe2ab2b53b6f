package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The part of a conductor's turn in which there is no primary: whom to promote, and whom to publish. Bound to its conductor's thread. */
final class Promotion {

    private static final long PROMOTE_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
    /**
     * A node that says so often in a row that it cannot be promoted is not waited for any longer. More than one, for a refusal may be of the
     * moment, and whoever comes next may lack some of what this one has.
     */
    private static final int REFUSALS = 3;

    private final Conductor conductor;
    private final ConductorSettings settings;
    private final NodeControl nodes;
    private final Synchronous synchronous;
    /** Told to promote in the present epoch. */
    private final Set<String> told = new HashSet<>();
    /** Told so, and did not. */
    private final Set<String> failed = new HashSet<>();

    private long failedEpoch;
    /** How often in a row the present target was told in vain. */
    private int refusals;

    /** Where the former primary stopped in this epoch, as we were told; 0 if we were not. */
    private long stoppedEpoch;

    private long stoppedPosition;

    Promotion(Conductor conductor, ConductorSettings settings, NodeControl nodes, Synchronous synchronous) {
        this.conductor = conductor;
        this.settings = settings;
        this.nodes = nodes;
        this.synchronous = synchronous;
    }

    void forget() {
        failed.clear();
        told.clear();
        refusals = 0;
        stoppedPosition = 0;
    }

    /** For a switchover: a standby near enough to the primary, and one that may have it by the promise of the record. */
    boolean mayTakeOver(PrimaryRecord record, NodeObservation standby, List<NodeObservation> seen) {
        Node primary = record.primary();
        if (primary == null) {
            return false;
        }
        NodeObservation itself = Round.of(primary.name(), seen);
        return itself != null
                && itself.state() == State.PRIMARY
                && Candidates.isFit(record, standby)
                && standby.upstream().equals(primary.address())
                && itself.lsn() - standby.lsn() <= settings.maxLagBytes();
    }

    // ---- failover ----

    /** {@code patient}: the target, or the former, may still be given time. {@code formerSeen}: most processes see the former take writes. */
    void failOver(Round round, List<NodeObservation> seen, boolean patient, boolean formerSeen) {
        PrimaryRecord record = round.record();
        if (failedEpoch != record.epoch()) {
            failedEpoch = record.epoch();
            failed.clear();
            told.clear();
            refusals = 0;
        }
        NodeObservation promoted = promoted(record, seen);
        if (promoted != null) {
            publish(round, promoted);
            return;
        }
        NodeObservation target = Round.of(record.target(), seen);
        if (record.target() == null) {
            NodeObservation former = Round.of(record.former(), seen);
            if (former != null && formerSeen && isUntouched(record, former)) {
                keepFormer(round, former);
                return;
            }
        } else if (patient && refusals < REFUSALS) {
            retry(round, target, seen);
            return;
        } else {
            conductor.complain(ConductorEvent.Kind.PROMOTION_FAILED, record.epoch(), record.target());
            failed.add(record.target());
        }
        choose(round, seen);
    }

    /** The target, or one that was given up too early. Nobody else: what was not told in this epoch was not fit to be told. */
    private @Nullable NodeObservation promoted(PrimaryRecord record, List<NodeObservation> seen) {
        NodeObservation late = null;
        for (NodeObservation node : seen) {
            if (isPromoted(record, node)) {
                if (node.node().equals(record.target())) {
                    return node;
                }
                late = told.contains(node.node()) ? node : late;
            }
        }
        return late;
    }

    private void retry(Round round, @Nullable NodeObservation target, List<NodeObservation> seen) {
        Node node = round.target();
        boolean may = target != null && candidates(round, seen, Set.of()).contains(target);
        if (may && node != null) {
            tell(round, node);
        } else {
            conductor.endSoon();
        }
    }

    private void choose(Round round, List<NodeObservation> seen) {
        List<NodeObservation> left = candidates(round, seen, failed);
        if (left.isEmpty()) {
            failed.clear();
            left = candidates(round, seen, Set.of());
        }
        Node next = left.isEmpty() ? null : round.record().member(left.get(0).node());
        if (next == null) {
            conductor.complain(
                    ConductorEvent.Kind.NO_CANDIDATE,
                    round.record().epoch(),
                    "no standby may take over: " + Conductor.described(seen));
            conductor.endSoon();
            return;
        }
        tell(round, next);
    }

    private List<NodeObservation> candidates(Round round, List<NodeObservation> seen, Set<String> without) {
        return Candidates.of(round.record(), !synchronous.isOff(), seen, without);
    }

    /** Writes whom it will be, and then tells that node; not too often. */
    private void tell(Round round, Node node) {
        if (conductor.isDue("promote " + node.name(), PROMOTE_AGAIN_NANOS)) {
            refusals = node.name().equals(round.record().target()) ? refusals : 0;
            conductor.write(round, round.record().moved(Phase.FAILING_OVER, node.name()), same -> promote(same, node));
        } else {
            conductor.endSoon();
        }
    }

    private void promote(Round round, Node node) {
        if (!conductor.mayAct(round)) {
            conductor.endSoon();
            return;
        }
        told.add(node.name());
        conductor.event(ConductorEvent.Kind.PROMOTING, round.record().epoch(), node.toString());
        if (synchronous.isOff()) {
            nodes.promote(node, this::answered);
            return;
        }
        Synchronous.Rule rule = synchronous.initial(round.record(), node);
        nodes.setSynchronous(node, rule.names(), rule.quorum(), done -> {
            if (done && conductor.mayAct(round)) {
                nodes.promote(node, this::answered);
            } else {
                answered(done);
            }
        });
    }

    private void answered(boolean done) {
        refusals = done ? 0 : refusals + 1;
        conductor.endSoon();
    }

    private void publish(Round round, NodeObservation promoted) {
        Node node = round.record().member(promoted.node());
        if (node == null) {
            conductor.endSoon();
            return;
        }
        List<String> names = synchronous.isOff() ? List.of() : List.of(node.name());
        PrimaryRecord next =
                round.record().served(node, promoted.systemIdentifier(), promoted.timeline(), names, names.size());
        conductor.write(round, next, done -> {
            conductor.event(ConductorEvent.Kind.PUBLISHED, next.epoch(), node + " on timeline " + next.timeline());
            conductor.endSoon();
        });
    }

    private void keepFormer(Round round, NodeObservation former) {
        PrimaryRecord record = round.record();
        Node node = round.former();
        if (node == null) {
            conductor.endSoon();
            return;
        }
        PrimaryRecord next = record.served(
                node, former.systemIdentifier(), record.timeline(), record.synchronous(), record.quorum());
        conductor.write(round, next, done -> {
            conductor.event(ConductorEvent.Kind.FORMER_KEPT, next.epoch(), node.toString());
            conductor.endSoon();
        });
    }

    // ---- switchover ----

    void switchOver(Round round, List<NodeObservation> seen, boolean patient) {
        PrimaryRecord record = round.record();
        NodeObservation former = Round.of(record.former(), seen);
        NodeObservation target = Round.of(record.target(), seen);
        Node old = round.former();
        Node next = round.target();
        if (former != null && isUntouched(record, former)) {
            boolean ready = target != null
                    && Candidates.isFit(record, target)
                    && former.lsn() - target.lsn() <= settings.maxLagBytes();
            if (patient && ready && old != null && next != null) {
                conductor.write(round, record, same -> demote(same, old, next));
            } else {
                conductor.event(
                        ConductorEvent.Kind.SWITCHOVER_ABORTED, record.epoch(), record.target() + " is not ready");
                keepFormer(round, former);
            }
        } else if (!patient) {
            conductor.event(ConductorEvent.Kind.SWITCHOVER, record.epoch(), "takes too long, and becomes a failover");
            conductor.write(round, record.moved(Phase.FAILING_OVER, null), same -> conductor.endSoon());
        } else if (target != null && next != null && hasAll(record, former, target)) {
            tell(round, next);
        } else {
            conductor.endSoon();
        }
    }

    private void demote(Round round, Node old, Node next) {
        if (!conductor.mayAct(round)) {
            conductor.endSoon();
            return;
        }
        long epoch = round.record().epoch();
        stoppedPosition = 0;
        conductor.event(ConductorEvent.Kind.SWITCHOVER, epoch, "stopping " + old);
        nodes.demote(old, next, position -> {
            stoppedEpoch = epoch;
            stoppedPosition = position;
            if (position > 0) {
                conductor.event(ConductorEvent.Kind.SWITCHOVER, epoch, old + " has stopped");
            }
            conductor.endAtOnce();
        });
    }

    /**
     * Whether the target has all that the former primary wrote: it has replayed the last record of that one, be it still down; or as much as
     * that one shows, which is a standby now. Nothing is written after its stop, since nobody can write to it.
     */
    private boolean hasAll(PrimaryRecord record, @Nullable NodeObservation former, NodeObservation target) {
        if (!Candidates.isFit(record, target)) {
            return false;
        }
        if (stoppedPosition > 0
                && stoppedEpoch == record.epoch()
                && target.timeline() == record.timeline()
                && target.replayedLsn() > stoppedPosition) {
            return true;
        }
        return former != null && former.state() == State.STANDBY && target.lsn() >= former.lsn();
    }

    // ---- what a look shows ----

    /** It was promoted in this epoch: it has left the timeline of the last reign. */
    private static boolean isPromoted(PrimaryRecord record, NodeObservation seen) {
        return seen.state() == State.PRIMARY && seen.timeline() > record.timeline() && isSame(record, seen);
    }

    /** It is what it was before its reign was ended. */
    private static boolean isUntouched(PrimaryRecord record, NodeObservation seen) {
        return seen.state() == State.PRIMARY && seen.timeline() == record.timeline() && isSame(record, seen);
    }

    private static boolean isSame(PrimaryRecord record, NodeObservation seen) {
        return record.systemIdentifier() == 0 || record.systemIdentifier() == seen.systemIdentifier();
    }
}
