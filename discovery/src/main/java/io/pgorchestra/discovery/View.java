package io.pgorchestra.discovery;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an authority says about the cluster at one moment. Complete in itself; never a difference to an earlier one.
 *
 * @param epoch the present reign; its timeline is 0 where the authority does not tell
 * @param primary null: there is none now, or it is not known
 * @param members all nodes that the authority knows, the primary among them
 * @param leastTimeline a primary that writes an older one is stale, for others have seen this one; 0 if nothing is known of that
 */
public record View(Epoch epoch, @Nullable Node primary, List<Node> members, Set<Flag> flags, int leastTimeline) {
    public View {
        members = List.copyOf(members);
        flags = Set.copyOf(flags);
    }

    public View(Epoch epoch, @Nullable Node primary, List<Node> members, Set<Flag> flags) {
        this(epoch, primary, members, flags, 0);
    }

    public View withLeastTimeline(int timeline) {
        return new View(epoch, primary, members, flags, timeline);
    }

    /** What else the authority says. */
    public enum Flag {
        /** A planned switchover has begun: new transactions are to be held, running ones may finish. */
        DRAINING,
        /** Patroni's pause. */
        PAUSED,
        /** Patroni's failsafe mode: the leader key may be missing while the primary rightly goes on. */
        FAILSAFE,
        /** More than one node takes writes. */
        SPLIT_BRAIN
    }
}
