package io.pgorchestra.proxy.standby;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of the cluster as ones that reads may go to. Made of the looks at them and of the fence's word on who is primary. For all
 * threads.
 *
 * <p>A standby is fit while it belongs to this cluster, follows the timeline of the present epoch, and lacks nothing older than {@code
 * max_standby_lag}. Whether it streams does not matter: one that does not falls behind as soon as there is something to miss.
 */
public final class Standbys {

    private static final Logger LOG = LoggerFactory.getLogger(Standbys.class);

    /** A standby that was unfit must look good so often in a row. */
    private static final int LOOKS_TO_RETURN = 3;

    /** After so many looks in a row that showed nothing, what is under way there is taken elsewhere. */
    private static final int FAILED_LOOKS_TO_CUT = 3;

    private static final String NOT_IN_RECOVERY = "not in recovery";

    /** What the data plane does at a change. On any thread; must return at once. */
    public interface Listener {

        /** Somebody reads from standbys: from now on it matters how new what is known of them is. */
        void used();

        /** Whoever waits for a server of this standby should go elsewhere. */
        void unfit(Standby standby);

        /** Servers of this standby with an older sequence must go. */
        void cut(Standby standby, long sequence);
    }

    private final Map<String, Integer> weights;
    private final Duration maxLag;
    private final Supplier<Route> primary;
    private final LongSupplier nanoTime;
    private final Listener listener;
    private final LsnClock clock = new LsnClock();
    private final SwitchPoints switchPoints;
    private final AtomicBoolean used = new AtomicBoolean();
    private final AtomicReference<List<Standby>> all = new AtomicReference<>(List.of());

    /**
     * @param weights by node name; 1 where none is given
     * @param maxLag {@code max_standby_lag}
     * @param synchronous whether whoever is promoted has all that was acknowledged
     * @param primary the route of writes
     */
    public Standbys(
            Map<String, Integer> weights,
            Duration maxLag,
            boolean synchronous,
            Supplier<Route> primary,
            LongSupplier nanoTime,
            Listener listener) {
        this.weights = Map.copyOf(weights);
        this.maxLag = maxLag;
        this.switchPoints = new SwitchPoints(synchronous);
        this.primary = primary;
        this.nanoTime = nanoTime;
        this.listener = listener;
    }

    /** Every node that has been looked at, also those that are unfit or primary at present. */
    public List<Standby> all() {
        return Objects.requireNonNull(all.get());
    }

    /** Somebody is going to read from them. */
    public void use() {
        if (!used.get() && used.compareAndSet(false, true)) {
            listener.used();
        }
    }

    /** Whether somebody has read from them, or is going to. */
    public boolean inUse() {
        return used.get();
    }

    public LsnClock clock() {
        return clock;
    }

    public SwitchPoints switchPoints() {
        return switchPoints;
    }

    /** A route is in force. */
    public void routed(Route route) {
        switchPoints.routed(route);
    }

    /** A look at a node has ended. */
    public void seen(Node node, NodeObservation seen, long askedNanos) {
        Route route = primary.get();
        Node leader = route.primary();
        Epoch epoch = route.epoch();
        boolean leads = node.equals(leader);
        if (leads && epoch != null && seen.state() == NodeObservation.State.PRIMARY && isOf(epoch, seen)) {
            clock.seen(route.sequence(), askedNanos, seen.lsn());
        }
        if (epoch == null || isOfSystem(epoch, seen)) {
            switchPoints.seen(seen.history());
        }
        Standby standby = of(node);
        boolean wasFit = standby.fit();
        switch (seen.state()) {
            case STANDBY -> {
                long lagNanos = clock.lagNanos(seen.replayedLsn(), nanoTime.getAsLong());
                String why = unfitness(seen, epoch, lagNanos);
                if (epoch != null) {
                    standby.belongsTo(epoch.incarnation());
                }
                standby.seen(why, seen.postmasterStartMicros(), seen.replayedLsn(), lagNanos, LOOKS_TO_RETURN);
            }
            case PRIMARY -> {
                boolean news = !standby.look().why().equals(NOT_IN_RECOVERY);
                standby.unseen(NOT_IN_RECOVERY);
                if (news) {
                    // Promoted: what is connected there would be writing to a primary that nobody has verified.
                    listener.cut(standby, standby.cut());
                }
            }
            case NOT_ACCEPTING, UNREACHABLE -> {
                String why = seen.state() == NodeObservation.State.UNREACHABLE ? "unreachable" : "takes no connections";
                if (standby.unseen(why) == FAILED_LOOKS_TO_CUT) {
                    listener.cut(standby, standby.cut());
                }
            }
        }
        if (wasFit != standby.fit()) {
            changed(standby);
        }
    }

    private void changed(Standby standby) {
        Standby.Look look = standby.look();
        if (look.fit()) {
            LOG.info("standby fit node={} lag_ms={}", standby.node(), TimeUnit.NANOSECONDS.toMillis(look.lagNanos()));
        } else {
            LOG.warn("standby unfit node={} reason=\"{}\"", standby.node(), look.why());
            listener.unfit(standby);
        }
    }

    private static boolean isOf(Epoch epoch, NodeObservation seen) {
        return isOfSystem(epoch, seen) && (epoch.timeline() == 0 || epoch.timeline() == seen.timeline());
    }

    private static boolean isOfSystem(Epoch epoch, NodeObservation seen) {
        long identifier = epoch.incarnation().systemIdentifier();
        return identifier == 0 || identifier == seen.systemIdentifier();
    }

    private String unfitness(NodeObservation seen, @Nullable Epoch epoch, long lagNanos) {
        if (epoch == null) {
            return "no epoch is known";
        }
        if (!isOf(epoch, seen)) {
            return "timeline " + seen.timeline() + " of system " + Long.toUnsignedString(seen.systemIdentifier())
                    + " (expected: epoch " + epoch + ")";
        }
        if (lagNanos == Long.MAX_VALUE) {
            return "lag unknown";
        }
        return lagNanos > maxLag.toNanos() ? "lag " + TimeUnit.NANOSECONDS.toMillis(lagNanos) + " ms" : "";
    }

    private Standby of(Node node) {
        for (Standby standby : all()) {
            if (standby.node().equals(node)) {
                return standby;
            }
        }
        Standby added = new Standby(node, weights.getOrDefault(node.name(), 1));
        List<Standby> next = all.updateAndGet(present -> {
            if (present.stream().anyMatch(standby -> standby.node().equals(node))) {
                return present;
            }
            List<Standby> others = new ArrayList<>(present);
            // One of that name at another address has moved.
            others.removeIf(standby -> standby.node().name().equals(node.name()));
            others.add(added);
            return List.copyOf(others);
        });
        return next.stream()
                .filter(standby -> standby.node().equals(node))
                .findFirst()
                .orElse(added);
    }
}
