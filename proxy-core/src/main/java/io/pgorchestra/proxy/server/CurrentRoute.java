package io.pgorchestra.proxy.server;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.proxy.standby.Standby;
import org.jspecify.annotations.Nullable;

/**
 * Where a pool's servers connect to, and whether they may be used now. Either fixed, or moved by the fence of a cluster, or to one standby:
 * then every server is tagged with the route's sequence when it connects, and every dispatch compares the tag. For all threads.
 */
public final class CurrentRoute {

    private final boolean fenced;
    private final @Nullable Standby standby;
    private final Runnable suspicion;
    private volatile Route route;

    private CurrentRoute(boolean fenced, @Nullable Standby standby, Route route, Runnable suspicion) {
        this.fenced = fenced;
        this.standby = standby;
        this.route = route;
        this.suspicion = suspicion;
    }

    /** To one node for ever; nobody fences it. */
    public static CurrentRoute fixed(Node node) {
        long never = System.nanoTime() + Long.MAX_VALUE / 2;
        return new CurrentRoute(false, null, new Route(1, node, null, Route.Mode.OPEN, never), () -> {});
    }

    /**
     * To the primary of a cluster, once its fence knows one.
     *
     * @param suspicion has the fence ask the authority at once; called on any thread
     */
    public static CurrentRoute fenced(Runnable suspicion) {
        return new CurrentRoute(true, null, Route.NONE, suspicion);
    }

    /** To a standby, for reads. */
    public static CurrentRoute to(Standby standby) {
        return new CurrentRoute(true, standby, Route.NONE, () -> {});
    }

    /** The standby that it leads to; null for the primary. */
    public @Nullable Standby standby() {
        return standby;
    }

    public boolean isFenced() {
        return fenced;
    }

    public Route route() {
        Standby to = standby;
        return to == null ? route : to.route();
    }

    /** From now on this route is in force. */
    public void route(Route next) {
        assert fenced && standby == null : "no fence moves this route";
        route = next;
    }

    /** Whether a transaction may begin now. */
    public boolean open(long nowNanos) {
        return route().opens(nowNanos);
    }

    /** A server was lost, or said that it takes no writes: perhaps the primary is another one by now. */
    public void suspect() {
        suspicion.run();
    }
}
