package io.pgorchestra.proxy.server;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;

/**
 * Where a pool's servers connect to, and whether they may be used now. Either fixed, or moved by the fence of a cluster: then every server
 * is tagged with the route's sequence when it connects, and every dispatch compares the tag. For all threads.
 */
public final class CurrentRoute {

    private final boolean fenced;
    private final Runnable suspicion;
    private volatile Route route;

    private CurrentRoute(boolean fenced, Route route, Runnable suspicion) {
        this.fenced = fenced;
        this.route = route;
        this.suspicion = suspicion;
    }

    /** To one node for ever; nobody fences it. */
    public static CurrentRoute fixed(Node node) {
        long never = System.nanoTime() + Long.MAX_VALUE / 2;
        return new CurrentRoute(false, new Route(1, node, null, Route.Mode.OPEN, never), () -> {});
    }

    /**
     * To the primary of a cluster, once its fence knows one.
     *
     * @param suspicion has the fence ask the authority at once; called on any thread
     */
    public static CurrentRoute fenced(Runnable suspicion) {
        return new CurrentRoute(true, Route.NONE, suspicion);
    }

    public boolean isFenced() {
        return fenced;
    }

    public Route route() {
        return route;
    }

    /** From now on this route is in force. */
    public void route(Route next) {
        assert fenced : "a fixed route does not move";
        route = next;
    }

    /** Whether a transaction may begin now. */
    public boolean open(long nowNanos) {
        return route.opens(nowNanos);
    }

    /** A server was lost, or said that it takes no writes: perhaps the primary is another one by now. */
    public void suspect() {
        suspicion.run();
    }
}
