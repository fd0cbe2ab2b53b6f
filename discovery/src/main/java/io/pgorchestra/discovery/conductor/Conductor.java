package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.conductor.ConductorAuthority.Versioned;
import io.pgorchestra.discovery.fencing.Barrier;
import io.pgorchestra.discovery.fencing.FenceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fails over, and switches over when told to. A machine without threads and without I/O; bound to one thread.
 *
 * <pre>
 *   SERVING ------ most processes lost the primary: epoch + 1, no primary ------> FAILING_OVER
 *    |   ^ ^                                                                       |   ^  barrier; look;
 *    |   | +-------- published, under the same epoch ------------------------------+   |  write the target;
 *    |   |                                                                             |  promote it
 *    v   | called off                                                                  |
 *   DRAINING ----- drained, or long enough: epoch + 1, no primary --> SWITCHING_OVER --+
 *                                                                       barrier; stop the former; wait until the
 *                                                                       target has replayed all that it wrote, or
 *                                                                       it takes too long
 * </pre>
 *
 * The phases are those of the {@link PrimaryRecord}; nothing here has to be remembered but times. Being elected serves only that two do
 * not get in each other's way. Safety rests on this:
 * <ul>
 *   <li>every step that matters begins with a compare-and-set on the record, and node commands follow within {@link #ACT_WITHIN_NANOS};
 *   <li>one epoch names one primary at most, for a raise is published only once;
 *   <li>nobody is promoted before no process can write to the former primary ({@link Barrier}): what is seen then is final;
 *   <li>a node that was promoted by a conductor who has been overtaken is not in the record, and nobody follows it.
 * </ul>
 */
public final class Conductor {

    /** A conductor that was frozen after its compare-and-set must not command nodes: another may have gone on. */
    static final long ACT_WITHIN_NANOS = Duration.ofSeconds(2).toNanos();
    /** So long after being elected, the commands of those before have taken effect or never will. */
    private static final long SETTLED_NANOS = Duration.ofSeconds(6).toNanos();

    private static final long CALM_NANOS = Duration.ofMillis(500).toNanos();
    private static final long BUSY_NANOS = Duration.ofMillis(50).toNanos();
    private static final long REPEAT_NANOS = Duration.ofSeconds(5).toNanos();

    private final ConductorSettings settings;
    private final LongSupplier nanoTime;
    private final ConductorAuthority authority;
    private final NodeControl nodes;
    private final Consumer<ConductorEvent> events;
    private final Runnable hurry;
    private final List<Node> founders;
    private final Barrier barrier;
    private final PrimaryWatch watch;
    private final Synchronous synchronous;
    private final Promotion promotion;
    private final Readdressing readdressing;

    private boolean elected;
    private long electedNanos;
    private boolean busy;
    private long dueNanos;

    /** The last record read or written, and since when it has been in this epoch and in this phase with this target. */
    private @Nullable PrimaryRecord last;

    private long epochNanos;
    private long phaseNanos;
    private boolean failedOverBefore;
    private long failedOverNanos;
    private boolean drained;
    private @Nullable String requested;
    private final Map<String, Long> toldNanos = new HashMap<>();

    /**
     * @param founders all nodes, as configured: for a cluster that has no record yet, and for one whose nodes are elsewhere by now
     * @param hurry lets the fence of this process ask the authority soon, since its answer is waited for
     */
    public Conductor(
            ConductorSettings settings,
            FenceSettings fencing,
            LongSupplier nanoTime,
            ConductorAuthority authority,
            NodeControl nodes,
            List<Node> founders,
            Consumer<ConductorEvent> events,
            Runnable hurry) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.authority = authority;
        this.nodes = nodes;
        this.founders = List.copyOf(founders);
        this.events = events;
        this.hurry = hurry;
        barrier = new Barrier(fencing);
        watch = new PrimaryWatch(settings);
        synchronous = new Synchronous(settings);
        readdressing = new Readdressing(this, nodes, new Addresses(founders));
        promotion = new Promotion(this, settings, nodes, synchronous);
        dueNanos = nanoTime.getAsLong();
    }

    /** This process was elected, or is no longer. */
    public void elected(boolean now) {
        if (now && !elected) {
            electedNanos = nanoTime.getAsLong();
            dueNanos = electedNanos;
            synchronous.forget();
            promotion.forget();
        }
        elected = now;
    }

    /** The fence was answered: {@code mine} is what this process last told the others. */
    public void confirmed(ProxyReport mine, Confirmation answer) {
        long now = nanoTime.getAsLong();
        PrimaryRecord record = last;
        if (record == null || answer.view().epoch().token() != record.epoch()) {
            return;
        }
        List<ProxyReport> all = new ArrayList<>(answer.peers());
        all.add(mine);
        barrier.heard(all);
        Node primary = record.primary();
        String watched = primary == null ? record.former() : primary.name();
        if (watched != null) {
            watch.heard(all, watched, now);
        }
        drained = record.phase() == Phase.DRAINING
                && all.stream().allMatch(report -> report.drainedToken() == record.epoch() || report.usedToken() == 0);
    }

    /**
     * Asks for a planned switchover; to the best standby if no name is given. Begins soon, or says why not. The primary makes a checkpoint
     * first, while all goes on, for the one that it makes when it is stopped keeps everybody waiting.
     */
    public void switchOver(@Nullable String target) {
        Node primary = last == null ? null : last.primary();
        if (primary == null) {
            request(target);
        } else {
            nodes.checkpoint(primary, done -> request(target));
        }
    }

    private void request(@Nullable String target) {
        requested = target == null ? "" : target;
        dueNanos = nanoTime.getAsLong();
    }

    public long nextTickNanos() {
        return elected && !busy ? dueNanos : nanoTime.getAsLong() + REPEAT_NANOS;
    }

    public void tick() {
        long now = nanoTime.getAsLong();
        if (elected && !busy && now - dueNanos >= 0) {
            busy = true;
            authority.read(read -> begin(read, now));
        }
    }

    // ---- rounds ----

    private void begin(@Nullable Versioned read, long sentNanos) {
        if (read == null || !elected) {
            end(CALM_NANOS);
            return;
        }
        PrimaryRecord record = read.value();
        if (record == null) {
            found(read.version());
            return;
        }
        learn(record);
        Round round = new Round(read.version(), record, sentNanos);
        if (readdressing.isDue(round)) {
            readdressing.look(round);
            return;
        }
        switch (record.phase()) {
            case SERVING -> serve(round);
            case DRAINING -> drain(round);
            case FAILING_OVER, SWITCHING_OVER -> change(round);
        }
    }

    void end(long pauseNanos) {
        busy = false;
        dueNanos = nanoTime.getAsLong() + pauseNanos;
    }

    void endSoon() {
        end(BUSY_NANOS);
    }

    void endAtOnce() {
        end(0);
    }

    /** Writes, and goes on only if it is certain that this was written. */
    void write(Round from, PrimaryRecord next, Consumer<Round> then) {
        long sent = nanoTime.getAsLong();
        authority.compareAndSet(from.version(), next, done -> {
            if (!done || !elected) {
                endSoon();
                return;
            }
            learn(next);
            then.accept(new Round(from.version() + 1, next, sent));
        });
    }

    /** Whether nodes may still be told what follows from this round. */
    boolean mayAct(Round round) {
        return elected && nanoTime.getAsLong() - round.provenNanos() < ACT_WITHIN_NANOS;
    }

    boolean isElected() {
        return elected;
    }

    private void learn(PrimaryRecord record) {
        long now = nanoTime.getAsLong();
        PrimaryRecord before = last;
        if (before == null || before.epoch() != record.epoch()) {
            epochNanos = now;
            barrier.raise(record.epoch(), now);
            toldNanos.clear();
            if (before != null && record.phase() == Phase.FAILING_OVER) {
                failedOverBefore = true;
                failedOverNanos = now;
            }
        }
        if (before == null
                || before.epoch() != record.epoch()
                || before.phase() != record.phase()
                || !Objects.equals(before.target(), record.target())) {
            phaseNanos = now;
            drained = false;
        }
        if (before != null && isMoved(before.primary(), record.primary())) {
            watch.forget();
        }
        last = record;
    }

    private static boolean isMoved(@Nullable Node before, @Nullable Node now) {
        return before != null && now != null && before.name().equals(now.name()) && !before.equals(now);
    }

    void look(Round round, BiConsumer<Round, List<NodeObservation>> then) {
        nodes.look(round.record().members(), seen -> {
            if (elected) {
                then.accept(round, seen);
            } else {
                end(CALM_NANOS);
            }
        });
    }

    // ---- founding ----

    private void found(int version) {
        nodes.look(founders, seen -> {
            List<NodeObservation> primaries =
                    seen.stream().filter(node -> node.state() == State.PRIMARY).toList();
            long standbys =
                    seen.stream().filter(node -> node.state() == State.STANDBY).count();
            if (primaries.size() != 1 || standbys != founders.size() - 1 || !elected) {
                complain(
                        ConductorEvent.Kind.NOT_FOUNDED,
                        0,
                        "one primary and standbys only are expected, not " + described(seen));
                end(CALM_NANOS);
                return;
            }
            NodeObservation first = primaries.get(0);
            Node node = founders.get(seen.indexOf(first));
            PrimaryRecord record = new PrimaryRecord(
                    1,
                    Phase.SERVING,
                    node,
                    null,
                    null,
                    first.systemIdentifier(),
                    first.timeline(),
                    List.of(),
                    0,
                    founders);
            authority.compareAndSet(version, record, done -> {
                if (done) {
                    learn(record);
                    event(ConductorEvent.Kind.FOUNDED, 1, node.toString());
                }
                endSoon();
            });
        });
    }

    /** What each node is, for an operator. */
    static String described(List<NodeObservation> seen) {
        return seen.stream()
                .map(node -> node.node() + ": "
                        + node.state().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + (node.timeline() == 0 ? "" : " on timeline " + node.timeline()))
                .collect(Collectors.joining(", "));
    }

    // ---- SERVING and DRAINING ----

    private void serve(Round round) {
        if (watch.isLost(round.primary().name(), nanoTime.getAsLong())) {
            lose(round);
            return;
        }
        look(round, (same, seen) -> {
            tend(same, seen);
            String to = requested;
            if (to != null) {
                requested = null;
                beginSwitchover(same, to, seen);
                return;
            }
            keepSynchronous(same, seen);
        });
    }

    private void lose(Round round) {
        long now = nanoTime.getAsLong();
        PrimaryRecord record = round.record();
        if (failedOverBefore && now - failedOverNanos < settings.failoverGap().toNanos()) {
            complain(ConductorEvent.Kind.PRIMARY_LOST, record.epoch(), "too soon after the last failover");
            end(CALM_NANOS);
            return;
        }
        look(round, (same, seen) -> {
            if (Candidates.of(record, !synchronous.isOff(), seen, Set.of()).isEmpty()) {
                complain(
                        ConductorEvent.Kind.NO_CANDIDATE,
                        record.epoch(),
                        "the primary is lost, and no standby may take over");
                end(CALM_NANOS);
                return;
            }
            event(
                    ConductorEvent.Kind.PRIMARY_LOST,
                    record.epoch(),
                    round.primary().toString());
            write(same, record.raised(Phase.FAILING_OVER, round.primary().name(), null), next -> raised());
        });
    }

    /** The others are to learn of it at once. */
    void raised() {
        hurry.run();
        endSoon();
    }

    /** Nodes that do not follow the primary: standbys are told to, and primaries to take no writes. */
    private void tend(Round round, List<NodeObservation> seen) {
        Node primary = round.primary();
        NodeObservation itself = Round.of(primary.name(), seen);
        if (itself == null || itself.state() != State.PRIMARY || !mayAct(round)) {
            return;
        }
        for (NodeObservation observation : seen) {
            Node node = round.record().member(observation.node());
            if (node == null || node.equals(primary)) {
                continue;
            }
            if (observation.state() == State.PRIMARY
                    && !Addresses.isSameServer(observation, itself)
                    && isDue("stale " + node.name(), REPEAT_NANOS)) {
                event(ConductorEvent.Kind.STALE_PRIMARY, round.record().epoch(), node.toString());
                nodes.makeReadOnly(node, done -> {});
            } else if (observation.state() == State.STANDBY
                    && !observation.upstream().equals(primary.address())
                    && isDue("repoint " + node.name(), REPEAT_NANOS)) {
                nodes.repoint(node, primary, done -> {});
            }
        }
    }

    /** Whether this was not done lately in this epoch; if so, it counts as done now. */
    boolean isDue(String what, long pauseNanos) {
        long now = nanoTime.getAsLong();
        Long before = toldNanos.get(what);
        if (before != null && now - before < pauseNanos) {
            return false;
        }
        toldNanos.put(what, now);
        return true;
    }

    void makeDue(String what) {
        toldNanos.remove(what);
    }

    private void keepSynchronous(Round round, List<NodeObservation> seen) {
        long now = nanoTime.getAsLong();
        PrimaryRecord record = round.record();
        Synchronous.Rule wanted = synchronous.wanted(record, seen, now);
        boolean untouched = synchronous.isOff() && record.synchronous().isEmpty();
        if (wanted == null
                || untouched
                || now - electedNanos < SETTLED_NANOS
                || synchronous.isReached(record, wanted)) {
            end(CALM_NANOS);
        } else if (!synchronous.isApplied(record, wanted)) {
            // Also where nothing is to be changed: it proves that nobody has overtaken us.
            write(round, synchronous.between(record, wanted), next -> apply(next, wanted));
        } else if (synchronous.hasCaughtUp(record, wanted, seen)) {
            write(round, record.promising(wanted.names(), wanted.quorum()), next -> {
                event(ConductorEvent.Kind.SYNCHRONOUS, record.epoch(), wanted.quorum() + " of " + wanted.names());
                end(CALM_NANOS);
            });
        } else {
            endSoon();
        }
    }

    private void apply(Round round, Synchronous.Rule wanted) {
        if (!mayAct(round)) {
            endSoon();
            return;
        }
        nodes.setSynchronous(round.primary(), wanted.names(), wanted.quorum(), done -> {
            if (!done) {
                endSoon();
                return;
            }
            look(round, (same, seen) -> {
                NodeObservation primary = Round.of(round.primary().name(), seen);
                if (primary != null && primary.state() == State.PRIMARY) {
                    synchronous.applied(same.record(), wanted, primary.lsn());
                }
                endSoon();
            });
        });
    }

    // ---- switchover, while the old primary serves ----

    private void beginSwitchover(Round round, String to, List<NodeObservation> seen) {
        NodeObservation best = seen.stream()
                .filter(node -> to.isEmpty() || node.node().equals(to))
                .filter(node -> promotion.mayTakeOver(round.record(), node, seen))
                .max(Comparator.comparingLong(NodeObservation::lsn))
                .orElse(null);
        if (best == null) {
            event(
                    ConductorEvent.Kind.SWITCHOVER_ABORTED,
                    round.record().epoch(),
                    to.isEmpty() ? "no standby is ready" : to + " is not ready");
            end(CALM_NANOS);
            return;
        }
        event(ConductorEvent.Kind.SWITCHOVER, round.record().epoch(), "draining, for " + best.node());
        write(round, round.record().moved(Phase.DRAINING, best.node()), next -> raised());
    }

    private void drain(Round round) {
        long now = nanoTime.getAsLong();
        if (watch.isLost(round.primary().name(), now)) {
            lose(round);
            return;
        }
        PrimaryRecord record = round.record();
        if (!drained && now - phaseNanos < settings.drainTimeout().toNanos()) {
            raised();
            return;
        }
        look(round, (same, seen) -> {
            NodeObservation target = Round.of(record.target(), seen);
            if (target == null || !promotion.mayTakeOver(record, target, seen)) {
                event(ConductorEvent.Kind.SWITCHOVER_ABORTED, record.epoch(), record.target() + " is not ready");
                write(same, record.moved(Phase.SERVING, null), next -> endSoon());
                return;
            }
            event(
                    ConductorEvent.Kind.SWITCHOVER,
                    record.epoch(),
                    drained ? "all transactions have ended" : "the rest is cut");
            write(same, record.raised(Phase.SWITCHING_OVER, round.primary().name(), record.target()), next -> raised());
        });
    }

    // ---- FAILING_OVER and SWITCHING_OVER ----

    private void change(Round round) {
        long now = nanoTime.getAsLong();
        if (barrier.passed(epochNanos, now) == Barrier.Passed.NOT_YET) {
            raised();
            return;
        }
        look(round, (same, seen) -> {
            boolean patient =
                    nanoTime.getAsLong() - phaseNanos < settings.patience().toNanos();
            if (round.record().phase() == Phase.SWITCHING_OVER) {
                promotion.switchOver(same, seen, patient);
            } else {
                promotion.failOver(
                        same, seen, patient, watch.isSeen(same.record().former(), nanoTime.getAsLong()));
            }
        });
    }

    void event(ConductorEvent.Kind kind, long epoch, String detail) {
        events.accept(new ConductorEvent(kind, epoch, detail));
    }

    /** Tells it now and then only, for it is found out again in every round. */
    void complain(ConductorEvent.Kind kind, long epoch, String detail) {
        if (isDue(kind.name(), REPEAT_NANOS)) {
            event(kind, epoch, detail);
        }
    }
}
