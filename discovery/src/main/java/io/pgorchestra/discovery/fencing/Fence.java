package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.DataPlane;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.discovery.View;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the authority says into the route that the data plane obeys, such that no write is sent under an epoch after any process has
 * sent one under a later epoch. A machine without threads and without I/O; bound to one thread, its fence's.
 *
 * <pre>
 *   STARTING                      +-------------> LEASELESS        lease ended; confirmed again
 *      |                          |  +--------------+
 *      |                          |  v
 *      |          +-------------> OPEN <-----> DRAINING            a switchover is announced, or called off
 *      |          |               |  ^            |
 *      |          |               |  |            |                (LEASELESS, DRAINING and OPEN leave an epoch alike)
 *      |          |    ADOPTING <-+--|---+--------+                a new token for the same node
 *      |          |       |  +-------+   |                         the same reign, and the barrier passed
 *      |          |       v              v
 *      |          |    FENCING <---------+                         another node, or another reign: all its servers are closed
 *      |          |       |
 *      |          |       v
 *      +----------|--> VERIFYING ------> BARRIER ---> OPEN         it takes writes; nobody writes to an older one any more
 *      |          |       ^                 |
 *      |          |       v                 |
 *      +------> WAITING <-------------------+                      no primary, two of them, or one that must not be followed
 * </pre>
 *
 * Whatever has not been fenced may be in WAITING: it goes back to OPEN if the same epoch is confirmed again. Any state may become STOPPED.
 *
 * <p><b>The order</b> of a change: stop using the old epoch (the route), close its servers, report that, look at the new primary, wait for
 * the others ({@link Barrier}), open.
 *
 * <p><b>The lease</b> counts from the moment a question was sent, and is checked by the data plane at every dispatch, not by a timer
 * here. What no lease can help against: a process that stands still between that check and the system call.
 *
 * <p><b>Adopting.</b> The same node under a new token, on the same timeline and with the same start of its postmaster, is the same reign:
 * Patroni makes a new leader key when it restarts. Its servers are kept and used for as long as the old lease lasts, while the barrier
 * for the new token is passed: another node may have been primary in between, unseen by us. To the others this counts as fenced, since
 * what is written under the old token goes to where the new one points.
 */
public final class Fence {

    private final FenceSettings settings;
    private final LongSupplier nanoTime;
    private final DataPlane dataPlane;
    private final FencePort port;
    private final Barrier barrier;
    private final Confirmer confirmer;
    private final Looks looks;
    private final Lineage lineage;

    private FenceState state = FenceState.STARTING;
    private Route route = Route.NONE;

    /** To which node and postmaster the servers of the route's sequence belong; null: there are none. */
    private @Nullable Reign reign;
    /** The latest view, if it may be followed. */
    private @Nullable View view;
    /** When the lease for the token of the latest view ends. */
    private long leaseUntilNanos;
    /** What the new primary turned out to be, in BARRIER and ADOPTING. */
    private @Nullable Reign verified;

    private long verifiedNanos;
    private long fencedToken;
    private long drainedToken;
    private long drain;
    /** Whether the nodes have vouched for the primary since the authority spoke last. */
    private boolean witnessed;

    private record Reign(Node node, Epoch epoch, long postmasterStartMicros) {}

    public Fence(
            String proxy,
            FenceSettings settings,
            LongSupplier nanoTime,
            DataPlane dataPlane,
            FencePort port,
            EpochStore store) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.dataPlane = dataPlane;
        this.port = port;
        barrier = new Barrier(settings);
        lineage = new Lineage(store, this::event);
        confirmer = new Confirmer(proxy, settings, port, this::event, nanoTime.getAsLong());
        looks = new Looks(settings, port, nanoTime.getAsLong());
    }

    public FenceState state() {
        return state;
    }

    public Route route() {
        return route;
    }

    /** The last epoch that was accepted, be it open or not; null before the first. */
    public @Nullable Epoch accepted() {
        return lineage.accepted();
    }

    /** What this process told the others last; null before the first time. */
    public @Nullable ProxyReport lastReport() {
        return confirmer.lastReport();
    }

    /** When {@link #tick} has something to do next, if nothing happens before. */
    public long nextTickNanos() {
        long now = nanoTime.getAsLong();
        long next = confirmer.dueNanos(state == FenceState.OPEN);
        if (route.mode() != Route.Mode.HOLDING) {
            next = earlier(next, route.leaseUntilNanos());
        }
        if (verified != null && now - leaseUntilNanos < 0) {
            next = earlier(next, barrier.dueNanos(verifiedNanos));
        }
        if (wantsVerification()) {
            next = earlier(next, looks.verificationDueNanos());
        }
        return wantsWitnesses() ? earlier(next, looks.witnessesDueNanos(route.leaseUntilNanos())) : next;
    }

    /** Does what time demands. May be called at any time; the more often, the sooner things are noticed, and nothing is unsafe if late. */
    public void tick() {
        if (state == FenceState.STOPPED) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (route.mode() != Route.Mode.HOLDING && now - route.leaseUntilNanos() >= 0) {
            loseLease();
        }
        if (wantsWitnesses() && now - looks.witnessesDueNanos(route.leaseUntilNanos()) >= 0) {
            looks.askWitnesses(viewNow().members(), now);
        }
        if (wantsVerification() && now - looks.verificationDueNanos() >= 0) {
            looks.verify(targetNow(), now);
        }
        passBarrier(now);
        ask(now);
    }

    /** The authority has answered the question that was sent at {@code sentNanos}. */
    public void confirmed(long sentNanos, Confirmation answer) {
        if (state == FenceState.STOPPED) {
            return;
        }
        confirmer.answered();
        witnessed = false;
        View next = answer.view();
        String refusal = lineage.refusal(next);
        if (refusal != null) {
            refuse(refusal);
        } else {
            follow(sentNanos, next, answer.peers());
        }
        tick();
    }

    public void confirmFailed(String why) {
        if (state != FenceState.STOPPED) {
            confirmer.failed(why);
            tick();
        }
    }

    /** The answer to {@link FencePort#look}. */
    public void looked(long look, List<NodeObservation> seen) {
        if (state == FenceState.STOPPED) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (looks.isVerification(look)) {
            looks.verificationAnswered(now);
            if (wantsVerification()) {
                judge(seen.get(0), now);
            }
        } else if (looks.isWitnesses(look)) {
            looks.witnessesAnswered();
            hearWitnesses(seen, now);
        }
        tick();
    }

    /** Something points to a change: a hint of the authority, a lost server, a 25006, 57P01 to 57P03. Asks at once. */
    public void suspect() {
        if (state != FenceState.STOPPED) {
            confirmer.hurry();
            tick();
        }
    }

    /**
     * The operator takes what the authority says now for the truth, though it is another incarnation or has gone back. The tokens that
     * others report mean nothing for it, so the barrier is passed by time.
     */
    public void acceptLineage() {
        if (state == FenceState.STOPPED) {
            return;
        }
        lineage.forget();
        barrier.onlyByTime();
        view = null;
        verified = null;
        fencedToken = 0;
        if (reign != null) {
            fence("another lineage is accepted");
        } else {
            stand(FenceState.WAITING);
        }
        suspect();
    }

    /** Stops for good. {@code done} runs when no server to the primary is left; only then may the authority be closed. */
    public void stop(Runnable done) {
        moveTo(FenceState.STOPPED);
        reign = null;
        publish(route.sequence() + 1, Route.Mode.HOLDING, 0);
        dataPlane.cut(route.sequence(), done);
    }

    // ---- views ----

    private void follow(long sentNanos, View next, List<ProxyReport> peers) {
        long now = nanoTime.getAsLong();
        boolean raised = lineage.accept(next);
        if (raised) {
            barrier.raise(next.epoch().token(), now);
        }
        barrier.heard(peers);
        if (raised || view == null || !sameTarget(view, next)) {
            verified = null;
            looks.restart(now);
        }
        view = next;
        leaseUntilNanos = sentNanos + settings.leaseNanos();
        if (reign == null) {
            followWithNothingOpen(next);
        } else if (raised(reign, next) && !reign.node.equals(next.primary())) {
            fence("a new epoch");
        } else if (target(next) == null) {
            hold(next);
        } else if (!reign.node.equals(next.primary())) {
            fence("the primary has another address");
        } else if (raised(reign, next)) {
            adopt();
        } else {
            renew();
        }
    }

    private void followWithNothingOpen(View next) {
        if (state == FenceState.FENCING) {
            return;
        }
        fencedToken = next.epoch().token();
        if (target(next) == null) {
            hold(next);
        } else if (state != FenceState.VERIFYING && verified == null) {
            moveTo(FenceState.VERIFYING);
        }
    }

    private void renew() {
        long now = nanoTime.getAsLong();
        if (now - leaseUntilNanos >= 0) {
            return;
        }
        int later = laterTimeline();
        if (later != 0) {
            fence("the primary was promoted anew, to timeline " + later);
            return;
        }
        if (state == FenceState.LEASELESS || state == FenceState.WAITING) {
            event(FenceEvent.Kind.LEASE_BACK, "");
        }
        // The nodes may have vouched for longer.
        open(later(leaseUntilNanos, route.leaseUntilNanos()));
    }

    /**
     * The timeline that the primary writes now, if it is later than that of its reign; 0 if not. An authority that does not tell timelines
     * may have stopped its primary and promoted it again under the same token: Patroni does that whenever Postgres has crashed, or ZooKeeper
     * was away for longer than it could wait.
     */
    private int laterTimeline() {
        Reign mine = reignNow();
        if (viewNow().epoch().timeline() != 0) {
            return 0;
        }
        for (NodeObservation seen : port.observations()) {
            if (seen.node().equals(mine.node.name())
                    && seen.state() == NodeObservation.State.PRIMARY
                    && seen.systemIdentifier() == mine.epoch.incarnation().systemIdentifier()
                    && seen.timeline() > mine.epoch.timeline()) {
                return seen.timeline();
            }
        }
        return 0;
    }

    /** Opens the route for the reign that there is, or lets it drain. */
    private void open(long leaseUntil) {
        boolean draining = viewNow().flags().contains(View.Flag.DRAINING);
        FenceState next = draining ? FenceState.DRAINING : FenceState.OPEN;
        boolean newlyDraining = draining && state != FenceState.DRAINING;
        if (state != next) {
            moveTo(next);
        }
        publish(route.sequence(), draining ? Route.Mode.DRAINING : Route.Mode.OPEN, leaseUntil);
        if (newlyDraining) {
            drain();
        }
    }

    private void drain() {
        event(FenceEvent.Kind.DRAINING, "");
        long mine = ++drain;
        long token = reignNow().epoch.token();
        dataPlane.whenDrained(
                route.sequence(),
                () -> port.run(() -> {
                    if (mine == drain && state == FenceState.DRAINING) {
                        drainedToken = token;
                        event(FenceEvent.Kind.DRAINED, "");
                        suspect();
                    }
                }));
    }

    private void adopt() {
        if (state != FenceState.ADOPTING) {
            moveTo(FenceState.ADOPTING);
        }
    }

    private void refuse(String why) {
        lineage.refused(why);
        if (!lineage.agrees()) {
            fencedToken = 0;
        }
        view = null;
        verified = null;
        stand(FenceState.WAITING);
    }

    private void hold(View next) {
        boolean two = next.flags().contains(View.Flag.SPLIT_BRAIN);
        if (state != FenceState.WAITING && state != FenceState.FENCING) {
            event(two ? FenceEvent.Kind.SPLIT_BRAIN : FenceEvent.Kind.NO_PRIMARY, "");
        }
        stand(FenceState.WAITING);
    }

    private void loseLease() {
        event(FenceEvent.Kind.LEASE_LOST, "");
        if (state == FenceState.ADOPTING) {
            publish(route.sequence(), Route.Mode.HOLDING, route.leaseUntilNanos());
        } else {
            stand(FenceState.LEASELESS);
        }
    }

    /** Lets nothing through any more, and closes nothing. */
    private void stand(FenceState next) {
        if (state == FenceState.FENCING) {
            return;
        }
        if (state != next) {
            moveTo(next);
        }
        if (route.mode() != Route.Mode.HOLDING) {
            publish(route.sequence(), Route.Mode.HOLDING, route.leaseUntilNanos());
        }
    }

    // ---- leaving an epoch ----

    private void fence(String why) {
        moveTo(FenceState.FENCING);
        event(FenceEvent.Kind.FENCING, why);
        reign = null;
        verified = null;
        publish(route.sequence() + 1, Route.Mode.HOLDING, 0);
        dataPlane.cut(route.sequence(), () -> port.run(this::fenced));
    }

    private void fenced() {
        if (state != FenceState.FENCING) {
            return;
        }
        View next = view;
        if (next != null) {
            fencedToken = next.epoch().token();
        }
        moveTo(next == null || target(next) == null ? FenceState.WAITING : FenceState.VERIFYING);
        event(FenceEvent.Kind.FENCED, "");
        looks.restart(nanoTime.getAsLong());
        suspect();
    }

    // ---- entering one ----

    private void judge(NodeObservation seen, long now) {
        String unfit = lineage.unfit(viewNow(), seen);
        if (unfit != null) {
            boolean takesWrites = seen.state() == NodeObservation.State.PRIMARY;
            FenceEvent.Kind kind = takesWrites ? FenceEvent.Kind.PRIMARY_REFUSED : FenceEvent.Kind.NOT_VERIFIED;
            looks.unfit(unfit, why -> event(kind, why));
            if (state == FenceState.ADOPTING && takesWrites) {
                fence(unfit);
            }
            return;
        }
        Epoch epoch = lineage.verified(seen);
        if (state == FenceState.ADOPTING) {
            Reign old = reignNow();
            if (seen.timeline() != old.epoch.timeline() || seen.postmasterStartMicros() != old.postmasterStartMicros) {
                fence("not the same reign: timeline or start differ");
                return;
            }
            fencedToken = epoch.token();
            confirmer.hurry();
        } else {
            moveTo(FenceState.BARRIER);
        }
        verified = new Reign(targetNow(), epoch, seen.postmasterStartMicros());
        verifiedNanos = now;
    }

    private void passBarrier(long now) {
        Reign next = verified;
        if (next == null || now - leaseUntilNanos >= 0) {
            return;
        }
        Barrier.Passed how = barrier.passed(verifiedNanos, now);
        if (how == Barrier.Passed.NOT_YET) {
            return;
        }
        event(
                FenceEvent.Kind.BARRIER_PASSED,
                how == Barrier.Passed.ALL_FENCED ? "all have fenced" : "all leases have ended");
        boolean adopting = state == FenceState.ADOPTING;
        verified = null;
        reign = next;
        open(leaseUntilNanos);
        event(adopting ? FenceEvent.Kind.EPOCH_ADOPTED : FenceEvent.Kind.EPOCH_OPENED, next.node.toString());
    }

    private void hearWitnesses(List<NodeObservation> seen, long now) {
        if (!wantsWitnesses() || now - route.leaseUntilNanos() >= 0) {
            return;
        }
        Reign mine = reignNow();
        long until = looks.witnessesAskedNanos() + FenceSettings.WITNESS_LEASE_NANOS;
        if (until - route.leaseUntilNanos() > 0
                && Witness.vouches(mine.node, mine.epoch, viewNow().members(), seen)) {
            if (!witnessed) {
                witnessed = true;
                event(FenceEvent.Kind.WITNESSED, "");
            }
            publish(route.sequence(), route.mode(), until);
        }
    }

    // ---- asking ----

    private void ask(long now) {
        if (now - confirmer.dueNanos(state == FenceState.OPEN) >= 0) {
            long used =
                    route.mode() == Route.Mode.HOLDING ? 0 : reignNow().epoch.token();
            confirmer.ask(used, fencedToken, drainedToken, now);
        }
    }

    private boolean wantsVerification() {
        return state == FenceState.VERIFYING || (state == FenceState.ADOPTING && verified == null);
    }

    private boolean wantsWitnesses() {
        return settings.onDiscoveryLoss() == OnDiscoveryLoss.WITNESS
                && (state == FenceState.OPEN || state == FenceState.DRAINING);
    }

    // ---- small ----

    private void publish(long sequence, Route.Mode mode, long leaseUntil) {
        Reign mine = reign;
        if (mode != Route.Mode.DRAINING) {
            drainedToken = 0;
        }
        route = new Route(
                sequence, mine == null ? null : mine.node, mine == null ? null : mine.epoch, mode, leaseUntil);
        dataPlane.route(route);
    }

    private void event(FenceEvent.Kind kind, String detail) {
        port.event(new FenceEvent(kind, lineage.accepted(), detail));
    }

    /** The node to write to, if the view names one that may be written to. */
    private static @Nullable Node target(View of) {
        return of.flags().contains(View.Flag.SPLIT_BRAIN) ? null : of.primary();
    }

    private static boolean sameTarget(View one, View other) {
        Node node = target(one);
        return one.epoch().token() == other.epoch().token() && node != null && node.equals(target(other));
    }

    private static boolean raised(Reign from, View to) {
        return to.epoch().token() > from.epoch.token();
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private static long later(long one, long other) {
        return one - other < 0 ? other : one;
    }

    private Reign reignNow() {
        return Objects.requireNonNull(reign);
    }

    private View viewNow() {
        return Objects.requireNonNull(view);
    }

    private Node targetNow() {
        return Objects.requireNonNull(target(viewNow()));
    }

    private void moveTo(FenceState next) {
        assert state.mayBecome(next) : state + " -> " + next;
        state = next;
    }
}
