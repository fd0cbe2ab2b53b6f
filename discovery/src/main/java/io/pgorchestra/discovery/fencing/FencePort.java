package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import java.util.List;

/** What a {@link Fence} asks of its surroundings. All calls return at once, on the fence's thread. */
public interface FencePort {

    /** Asks the authority. Answered by {@link Fence#confirmed} or {@link Fence#confirmFailed}, exactly once; never twice at a time. */
    void confirm(ProxyReport mine);

    /** Looks at these nodes afresh. Answered by {@link Fence#looked} with one observation for each. */
    void look(long look, List<Node> nodes);

    /** What this process saw of the nodes lately, for its report. */
    List<NodeObservation> observations();

    /** Runs a task on the fence's thread; called on any thread. */
    void run(Runnable task);

    void event(FenceEvent event);
}
