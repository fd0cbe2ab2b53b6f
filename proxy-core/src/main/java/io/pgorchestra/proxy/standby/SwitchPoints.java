package io.pgorchestra.proxy.standby;

import io.pgorchestra.discovery.Route;
import io.pgorchestra.discovery.TimelineHistory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where one primary's WAL ended and the next one's began: what is beyond is lost, unless the change was made in order. For all threads. */
public final class SwitchPoints {

    private final boolean synchronous;
    private final Map<Integer, TimelineHistory> histories = new ConcurrentHashMap<>();

    private static final long NONE = -1;

    /** The route whose primary is to be stopped in order, or was last. */
    private volatile long handedOver = NONE;

    /** @param synchronous whether whoever is promoted has all that was acknowledged */
    SwitchPoints(boolean synchronous) {
        this.synchronous = synchronous;
    }

    /** A primary has told where it comes from. */
    void seen(TimelineHistory told) {
        if (told.timeline() > 0) {
            histories.put(told.timeline(), told);
        }
    }

    /** A route is in force. One that drains is one whose primary is going to be stopped in order, unless it opens again. */
    void routed(Route route) {
        if (route.mode() == Route.Mode.DRAINING) {
            handedOver = route.sequence();
        } else if (route.mode() == Route.Mode.OPEN && route.sequence() == handedOver) {
            handedOver = NONE;
        }
    }

    /** The last position, in bytes, that a timeline has of an earlier one; {@link LsnClock#UNKNOWN} if it has all, or nobody may know. */
    public long endOf(int earlier, int timeline) {
        return histories.getOrDefault(timeline, TimelineHistory.UNKNOWN).ends().getOrDefault(earlier, LsnClock.UNKNOWN);
    }

    /** Whether what was acknowledged in the reign of this sequence may be beyond the end of its timeline. */
    public boolean mayLose(long sequence) {
        return !synchronous && sequence != handedOver;
    }
}
