package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.View;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The epochs accepted so far, and which ones may come next: of the same incarnation, with neither token nor timeline going back, and never
 * two nodes under one token. Bound to its fence's thread.
 */
final class Lineage {

    private final EpochStore store;
    private final Events events;

    private @Nullable Epoch accepted;
    /** Whether this process has accepted a view, as opposed to one it was before. */
    private boolean begun;

    private @Nullable String primary;
    private @Nullable String refusal;
    /** Name of the node that was verified last, and what it wrote. */
    private @Nullable String writer;

    private int writtenTimeline;
    private boolean agrees = true;

    /** Where alarms go. */
    interface Events {
        void event(FenceEvent.Kind kind, String detail);
    }

    Lineage(EpochStore store, Events events) {
        this.store = store;
        this.events = events;
        accepted = store.load();
    }

    @Nullable
    Epoch accepted() {
        return accepted;
    }

    /** Why this view must not be followed; null if it may. */
    @Nullable
    String refusal(View next) {
        Epoch last = accepted;
        Epoch epoch = next.epoch();
        agrees = last == null || last.incarnation().agreesWith(epoch.incarnation());
        if (last == null) {
            return null;
        }
        if (!agrees) {
            return "another incarnation: " + epoch.incarnation() + " (expected: " + last.incarnation() + ")";
        }
        if (epoch.token() < last.token()) {
            return "the token went back to " + epoch.token() + " (expected: at least " + last.token() + ")";
        }
        if (!last.mayBeFollowedBy(epoch)) {
            return "the timeline went back to " + epoch.timeline() + " under token " + epoch.token()
                    + " (expected: at least " + last.timeline() + ")";
        }
        Node named = next.primary();
        if (epoch.token() == last.token() && primary != null && named != null && !primary.equals(named.name())) {
            return "token " + epoch.token() + " names " + named + " (expected: " + primary + ", as before)";
        }
        return null;
    }

    /** Whether the incarnation of the last view was ours. */
    boolean agrees() {
        return agrees;
    }

    void refused(String why) {
        if (!why.equals(refusal)) {
            refusal = why;
            events.event(FenceEvent.Kind.VIEW_REFUSED, why);
        }
    }

    /** Takes a view that was not refused. Returns whether its token is new to this process. */
    boolean accept(View next) {
        refusal = null;
        Epoch last = accepted;
        Epoch epoch = next.epoch();
        boolean raised = !begun || last == null || epoch.token() > last.token();
        if (raised) {
            primary = null;
        }
        begun = true;
        if (next.primary() != null) {
            primary = next.primary().name();
        }
        if (last == null) {
            keep(epoch.withTimeline(Math.max(epoch.timeline(), next.leastTimeline())));
        } else {
            int timeline = Math.max(Math.max(epoch.timeline(), last.timeline()), next.leastTimeline());
            keep(new Epoch(known(epoch.incarnation(), last.incarnation().systemIdentifier()), epoch.token(), timeline));
        }
        return raised;
    }

    /** Why this is not the primary that the view names; null if it is. */
    @Nullable
    String unfit(View view, NodeObservation seen) {
        Epoch epoch = acceptedNow();
        if (seen.state() != NodeObservation.State.PRIMARY) {
            return seen.node() + " is " + seen.state() + " (expected: " + NodeObservation.State.PRIMARY + ")";
        }
        long system = epoch.incarnation().systemIdentifier();
        if (system != 0 && seen.systemIdentifier() != system) {
            return seen.node() + " is of system " + seen.systemIdentifier() + " (expected: " + system + ")";
        }
        int published = view.epoch().timeline();
        if (published == 0 ? seen.timeline() < epoch.timeline() : seen.timeline() != published) {
            return seen.node() + " writes timeline " + seen.timeline() + " (expected: "
                    + (published == 0 ? "at least " + epoch.timeline() : "" + published) + ")";
        }
        return null;
    }

    /** Takes a primary that is fit. */
    Epoch verified(NodeObservation seen) {
        Epoch epoch = acceptedNow();
        if (writer != null && !writer.equals(seen.node()) && seen.timeline() == writtenTimeline) {
            // Promoted from a log that ends before the other one's promotion. Whom to follow is the authority's to say.
            events.event(
                    FenceEvent.Kind.FORKED,
                    seen.node() + " writes timeline " + seen.timeline() + ", and so did " + writer
                            + " (expected: a later one): what " + writer + " acknowledged since they parted is lost");
        }
        writer = seen.node();
        writtenTimeline = seen.timeline();
        return keep(new Epoch(known(epoch.incarnation(), seen.systemIdentifier()), epoch.token(), seen.timeline()));
    }

    void forget() {
        accepted = null;
        begun = false;
        primary = null;
        refusal = null;
        writer = null;
    }

    private static Incarnation known(Incarnation of, long systemIdentifier) {
        return of.systemIdentifier() == 0 ? new Incarnation(of.authority(), systemIdentifier) : of;
    }

    private Epoch keep(Epoch epoch) {
        if (!epoch.equals(accepted)) {
            accepted = epoch;
            save(epoch);
        }
        return epoch;
    }

    /** A disk that is full shall not stop the cluster: what is lost is a second guard against an authority that forgets. */
    private void save(Epoch epoch) {
        try {
            store.save(epoch);
        } catch (RuntimeException e) {
            events.event(FenceEvent.Kind.EPOCH_NOT_SAVED, String.valueOf(e.getMessage()));
        }
    }

    private Epoch acceptedNow() {
        return Objects.requireNonNull(accepted);
    }
}
