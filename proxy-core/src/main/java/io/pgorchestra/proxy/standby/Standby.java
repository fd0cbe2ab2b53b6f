package io.pgorchestra.proxy.standby;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * A node as one that reads may go to: whether it is fit for that now, and how far it has replayed. For all threads: looks come from the
 * probes' threads, questions from the loops. Nobody waits for a lock.
 */
public final class Standby {

    /** Far enough away for a comparison of nanoTimes. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    private final Node node;
    private final int weight;
    private final AtomicReference<State> state = new AtomicReference<>(State.UNSEEN);
    private final AtomicReference<Route> route;

    /**
     * What is known of it now.
     *
     * @param why what makes it unfit; empty if it is fit
     * @param replayed in bytes; at least so far
     * @param startMicros {@code pg_postmaster_start_time()}: after a restart a standby may show an older state for a while
     * @param lagNanos for how long it may have lacked something; {@code Long.MAX_VALUE} for unknown
     */
    public record Look(boolean fit, String why, long replayed, long startMicros, long lagNanos) {

        private Look unfit(String reason, long lag) {
            return new Look(false, reason, replayed, startMicros, lag);
        }
    }

    /** @param goodLooks in a row; so are {@code failedLooks}, which showed nothing */
    private record State(Look look, int goodLooks, int failedLooks) {
        private static final State UNSEEN = new State(new Look(false, "not looked at yet", 0, 0, Long.MAX_VALUE), 0, 0);
    }

    /** @param weight its share among its kind; 0 for none */
    Standby(Node node, int weight) {
        this.node = node;
        this.weight = weight;
        this.route = new AtomicReference<>(open(1, new Incarnation("", 0)));
    }

    public Node node() {
        return node;
    }

    public int weight() {
        return weight;
    }

    public Look look() {
        return Objects.requireNonNull(state.get()).look;
    }

    public boolean fit() {
        return look().fit;
    }

    /** Whether all up to this position, in bytes, has been replayed there. */
    public boolean covers(long position) {
        return look().replayed >= position;
    }

    /** Where its servers connect to: always open, and of a new sequence whenever those that are there must go. */
    public Route route() {
        return Objects.requireNonNull(route.get());
    }

    private Route open(long sequence, Incarnation incarnation) {
        Epoch epoch = new Epoch(incarnation, 0, 0);
        return new Route(sequence, node, epoch, Route.Mode.OPEN, System.nanoTime() + NEVER);
    }

    /**
     * A server has logged in, and told from which start of the node it is and how far that has replayed: what was seen of an earlier start
     * no longer counts.
     */
    public void connected(long startMicros, long replayed) {
        state.updateAndGet(last -> startMicros <= last.look.startMicros
                ? last
                : new State(
                        new Look(last.look.fit, last.look.why, replayed, startMicros, last.look.lagNanos),
                        last.goodLooks,
                        last.failedLooks));
    }

    /** It cannot be used, as a loop has found out before the next look. */
    public void doubted(String why) {
        state.updateAndGet(last -> new State(last.look.unfit(why, last.look.lagNanos), 0, last.failedLooks));
    }

    /** From now on what is connected is of the past. Answers the new sequence. */
    long cut() {
        return moved(last -> open(last.sequence() + 1, incarnation(last))).sequence();
    }

    /** Which cluster a server must be of. */
    void belongsTo(Incarnation incarnation) {
        moved(last -> incarnation(last).equals(incarnation) ? last : open(last.sequence(), incarnation));
    }

    private Route moved(UnaryOperator<Route> move) {
        return route.updateAndGet(move);
    }

    private static Incarnation incarnation(Route route) {
        return Objects.requireNonNull(route.epoch()).incarnation();
    }

    /**
     * A look has shown it. Once it was unfit, it takes several good looks in a row before it is used again.
     *
     * @param why what makes it unfit; empty for a good look
     */
    void seen(String why, long startMicros, long replayed, long lagNanos, int looksNeeded) {
        state.updateAndGet(last -> {
            Look look = last.look;
            if (startMicros < look.startMicros) {
                return last;
            }
            int goodLooks = why.isEmpty() ? last.goodLooks + 1 : 0;
            long known = startMicros > look.startMicros ? replayed : Math.max(replayed, look.replayed);
            boolean fit = why.isEmpty() && (look.fit || goodLooks >= looksNeeded);
            String reason = fit ? "" : why.isEmpty() ? "coming back" : why;
            return new State(new Look(fit, reason, known, startMicros, lagNanos), goodLooks, 0);
        });
    }

    /** A look has shown nothing of use. Answers how many in a row have. */
    int unseen(String why) {
        return state.updateAndGet(last -> new State(last.look.unfit(why, Long.MAX_VALUE), 0, last.failedLooks + 1))
                .failedLooks;
    }
}
