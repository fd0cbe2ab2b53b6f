package io.pgorchestra.proxy.client;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.proxy.standby.LsnClock;
import io.pgorchestra.proxy.standby.SwitchPoints;
import org.jspecify.annotations.Nullable;

/**
 * What a session must see: its own writes, and those that a token tells it of, as a position in the WAL; and whether a change of the
 * primary may have lost some of it. Bound to the session's loop.
 */
final class OwnWrites {

    private final LsnClock clock;
    private final SwitchPoints switchPoints;

    /** Whether the position of the last write is not known yet. */
    private boolean unlocated;

    /** When the last thing ended that may have written; meaningless unless {@link #unlocated}. */
    private long wroteNanos;

    /** What a standby must have replayed to show all the others, in bytes. */
    private long position;

    /** Of the last route that was open, of whose primary all of the above tells; 0 before the first. */
    private long sequence;

    private int timeline;

    /** What came behind this position, in bytes, on a timeline that has been left. */
    record Loss(int timeline, long end) {}

    /** @param mayHaveWritten whether the session has done anything before that may have written */
    OwnWrites(LsnClock clock, SwitchPoints switchPoints, Route route, boolean mayHaveWritten) {
        this.clock = clock;
        this.switchPoints = switchPoints;
        this.unlocated = mayHaveWritten;
        this.wroteNanos = System.nanoTime();
        Epoch epoch = route.epoch();
        this.sequence = epoch == null ? 0 : route.sequence();
        this.timeline = epoch == null ? 0 : epoch.timeline();
    }

    /** Something has ended on the primary that may have written. */
    void wrote() {
        unlocated = true;
        wroteNanos = System.nanoTime();
    }

    /** A token tells of a position on a timeline. Answers what of it may have been lost since; null for nothing. */
    @Nullable
    Loss toldOf(int ofTimeline, long other) {
        long end = switchPoints.endOf(ofTimeline, timeline);
        boolean beyond = end != LsnClock.UNKNOWN && other > end;
        position = Math.max(position, beyond ? end : other);
        return beyond ? new Loss(ofTimeline, end) : null;
    }

    /** What a standby must have replayed to show all of it, in bytes; {@link LsnClock#UNKNOWN} if none can be asked yet. */
    long needed() {
        if (unlocated) {
            long known = clock.positionAfter(wroteNanos);
            if (known == LsnClock.UNKNOWN) {
                return LsnClock.UNKNOWN;
            }
            position = Math.max(position, known);
            unlocated = false;
        }
        return position;
    }

    /** As {@link #needed} was when it was last known. */
    long position() {
        return position;
    }

    /**
     * A route may have been opened. Answers what of this session's may have been lost by that, once; null for nothing. What was acknowledged
     * in the last tenth of a second before a primary died may be, for nobody knows its position.
     */
    @Nullable
    Loss primaryChanged(Route route) {
        Epoch epoch = route.epoch();
        if (epoch == null || route.sequence() == sequence) {
            return null;
        }
        long former = sequence;
        int left = timeline;
        sequence = route.sequence();
        timeline = epoch.timeline();
        long end = switchPoints.endOf(left, timeline);
        if (end == LsnClock.UNKNOWN) {
            return null;
        }
        long last = unlocated ? clock.positionAfter(former, wroteNanos) : position;
        boolean beyond = last == LsnClock.UNKNOWN || last > end;
        position = Math.min(position, end);
        return beyond && switchPoints.mayLose(former) ? new Loss(left, end) : null;
    }
}
