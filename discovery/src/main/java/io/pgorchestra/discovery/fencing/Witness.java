package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The word of the nodes themselves, while the authority is silent: the primary is still the only one if it takes writes and every other
 * member streams from it. All of them, not most: whoever was promoted elsewhere is then among those looked at, and does not stream.
 *
 * <p>It counts from the moment of looking, for a short time. A new primary was promoted after that look, and is seen to take writes by
 * whoever opens its epoch, who then waits that short time ({@link Barrier}).
 */
final class Witness {

    private Witness() {}

    static boolean vouches(Node primary, Epoch epoch, List<Node> members, List<NodeObservation> seen) {
        Map<String, NodeObservation> byName = new HashMap<>();
        seen.forEach(observation -> byName.put(observation.node(), observation));
        boolean primaryAmongThem = false;
        for (Node member : members) {
            NodeObservation observation = byName.get(member.name());
            if (observation == null
                    || observation.timeline() != epoch.timeline()
                    || observation.systemIdentifier() != epoch.incarnation().systemIdentifier()) {
                return false;
            }
            if (member.equals(primary)) {
                primaryAmongThem = true;
                if (observation.state() != NodeObservation.State.PRIMARY) {
                    return false;
                }
            } else if (observation.state() != NodeObservation.State.STANDBY
                    || !observation.upstream().equals(primary.address())) {
                return false;
            }
        }
        return primaryAmongThem;
    }
}
