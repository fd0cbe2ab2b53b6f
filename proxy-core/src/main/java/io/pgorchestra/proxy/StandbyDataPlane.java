package io.pgorchestra.proxy;

import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.standby.Standbys;
import java.util.List;

/** Carries to the loops what becomes of standbys. For all threads. */
final class StandbyDataPlane implements Standbys.Listener {

    private final List<ProxyLoop> loops;
    private final Runnable lookOften;

    /** @param lookOften has the nodes looked at as often as reads need it */
    StandbyDataPlane(List<ProxyLoop> loops, Runnable lookOften) {
        this.loops = loops;
        this.lookOften = lookOften;
    }

    @Override
    public void used() {
        lookOften.run();
    }

    @Override
    public void unfit(Standby standby) {
        for (ProxyLoop loop : loops) {
            loop.context()
                    .execute(() -> loop.homes().stream()
                            .flatMap(home -> home.serversOn(standby).stream())
                            .forEach(servers -> servers.turnAway()));
        }
    }

    @Override
    public void cut(Standby standby, long sequence) {
        for (ProxyLoop loop : loops) {
            loop.context()
                    .execute(() -> loop.homes().stream()
                            .flatMap(home -> home.serversOn(standby).stream())
                            .forEach(servers -> servers.cut(sequence)));
        }
    }
}
