package io.pgorchestra.bench;

import java.util.Map;
import java.util.function.Function;

/** Time from the start of the process to the first client that has logged in. */
final class StartTrial implements Trial {

    private final Function<Peer, ProxyProcess> launcher;

    StartTrial(Function<Peer, ProxyProcess> launcher) {
        this.launcher = launcher;
    }

    @Override
    public String title() {
        return "start to first login";
    }

    @Override
    public boolean suits(Contestant contestant) {
        return contestant.peer() != null;
    }

    @Override
    public Map<Figure, Double> run(Contestant contestant) {
        Peer peer = contestant.peer();
        if (peer == null) {
            throw new IllegalArgumentException("contestant: " + contestant.name() + " (expected: a proxy)");
        }
        try (ProxyProcess process = launcher.apply(peer)) {
            return Map.of(new Figure(title(), Unit.SECONDS), process.startSeconds());
        }
    }
}
