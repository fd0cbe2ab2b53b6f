package io.pgorchestra.proxy;

import io.pgorchestra.discovery.DataPlane;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.proxy.client.ClientSession;
import io.pgorchestra.proxy.server.CurrentRoute;
import io.pgorchestra.proxy.standby.Standbys;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries the fence's word to the loops: where writes may go, what to cut, when a primary is at rest. For all threads. */
final class ProxyDataPlane implements DataPlane {

    /** How often a drain looks whether the last transaction has ended; a switchover waits for it. */
    private static final long DRAIN_LOOK_MILLIS = 5;

    private final List<ProxyLoop> loops;
    private final CurrentRoute current;
    private final Standbys standbys;

    ProxyDataPlane(List<ProxyLoop> loops, CurrentRoute current, Standbys standbys) {
        this.loops = loops;
        this.current = current;
        this.standbys = standbys;
    }

    @Override
    public void route(Route route) {
        Route before = current.route();
        boolean wasOpen = before.opens(System.nanoTime());
        standbys.routed(route);
        current.route(route);
        boolean onlyRenewed = wasOpen && before.mode() == route.mode() && before.sequence() == route.sequence();
        if (!onlyRenewed) {
            loops.forEach(loop -> loop.context().execute(() -> routeChanged(loop)));
        }
    }

    /** Those in the middle of a transaction first: they hold what others wait for. */
    private static void routeChanged(ProxyLoop loop) {
        loop.clients().forEach(ClientSession::routeChanged);
        loop.homes().forEach(home -> home.servers().routeChanged());
    }

    /**
     * The task that answers comes behind the one that closes, and so behind the closing itself, which each server puts on its loop.
     */
    @Override
    public void cut(long sequence, Runnable done) {
        AtomicInteger left = new AtomicInteger(loops.size());
        for (ProxyLoop loop : loops) {
            loop.context().execute(() -> {
                loop.homes().forEach(home -> home.servers().cut(sequence));
                loop.context().execute(() -> {
                    if (left.decrementAndGet() == 0) {
                        done.run();
                    }
                });
            });
        }
    }

    @Override
    public void whenDrained(long sequence, Runnable done) {
        AtomicInteger left = new AtomicInteger(loops.size());
        loops.forEach(loop -> loop.context().execute(() -> lookWhetherDrained(loop, sequence, left, done)));
    }

    private void lookWhetherDrained(ProxyLoop loop, long sequence, AtomicInteger left, Runnable done) {
        Route route = current.route();
        if (route.sequence() != sequence || route.mode() == Route.Mode.OPEN) {
            return;
        }
        if (loop.homes().stream().allMatch(home -> home.servers().drained(sequence))) {
            if (left.decrementAndGet() == 0) {
                done.run();
            }
            return;
        }
        Future<?> unused = loop.context()
                .eventLoop()
                .schedule(
                        () -> lookWhetherDrained(loop, sequence, left, done), DRAIN_LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
}
