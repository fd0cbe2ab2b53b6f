package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.ProxyReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The nodes themselves say who is primary: the one of them that takes writes. For all threads.
 *
 * <p>Its token is the timeline, for every promotion begins a new one. There is nobody to tell a split by: two nodes that take writes make
 * it say that there is no primary. Processes do not know of each other.
 */
public final class StaticAuthority implements Authority {

    private final NodeProbes probes;
    private final StaticVerdict verdict = new StaticVerdict();
    private final Map<String, State> states = new ConcurrentHashMap<>();

    /** Does not close {@code probes}. */
    public StaticAuthority(NodeProbes probes) {
        this.probes = probes;
    }

    /** Looks at all nodes at once; every answer is as fresh as the question. */
    @Override
    public CompletionStage<Confirmation> confirm(ProxyReport mine) {
        return probes.lookNow()
                .thenApply(seen -> new Confirmation(verdict.view(probes.nodes(), seen, probes::trouble), List.of()));
    }

    /** Hints whenever a node turns out to be something else than at the last look. */
    @Override
    public void onHint(Runnable hint) {
        probes.onLook((node, seen, askedNanos) -> {
            if (changed(seen)) {
                hint.run();
            }
        });
    }

    private boolean changed(NodeObservation seen) {
        State before = states.put(seen.node(), seen.state());
        return before != null && before != seen.state();
    }

    @Override
    public void close() {}
}
