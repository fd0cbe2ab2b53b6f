package io.pgorchestra.proxy.standby;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The primary's write position over time, as this proxy saw it: it turns a moment into a position and a position into an age, with one
 * clock only, and without writing anything. Of one reign; another one starts anew, and only the last one before is kept, for those who wrote
 * in it. For all threads, and without a lock.
 */
public final class LsnClock {

    /** No position is known that covers the moment. */
    public static final long UNKNOWN = -1;

    /** At ten looks a second, almost seven minutes. Whoever is further behind than that is too far behind. */
    static final int CAPACITY = 4096;

    private final AtomicReference<Reigns> reigns = new AtomicReference<>(new Reigns(new Reign(0), new Reign(0)));

    private record Reigns(Reign present, Reign former) {
        private Reigns followedBy(long sequence) {
            return sequence > present.sequence ? new Reigns(new Reign(sequence), present) : this;
        }
    }

    /** Positions by the moment at which the primary was asked. */
    private static final class Reign {
        private final long sequence;
        private final ConcurrentSkipListMap<Long, Long> positions =
                new ConcurrentSkipListMap<>((one, other) -> Long.signum(one - other));

        private Reign(long sequence) {
            this.sequence = sequence;
        }

        private long positionAfter(long nanos) {
            Map.Entry<Long, Long> next = positions.ceilingEntry(nanos);
            return next == null ? UNKNOWN : next.getValue();
        }
    }

    /**
     * The primary answered.
     *
     * @param sequence of the route that it was the primary of; one that is older than the last is not heard
     * @param askedNanos when it was asked, on {@code System.nanoTime}: all that was committed before is before this position
     * @param position its insert position in bytes
     */
    public void seen(long sequence, long askedNanos, long position) {
        Reign present = reigns.updateAndGet(known -> known.followedBy(sequence)).present;
        if (sequence == present.sequence) {
            present.positions.put(askedNanos, position);
            if (present.positions.size() > CAPACITY) {
                present.positions.pollFirstEntry();
            }
        }
    }

    private Reigns known() {
        return Objects.requireNonNull(reigns.get());
    }

    /** A position that everything committed before this moment is before; {@link #UNKNOWN} until the primary has been asked since. */
    public long positionAfter(long nanos) {
        return known().present.positionAfter(nanos);
    }

    /** The same on the primary of that route; {@link #UNKNOWN} also if that was before the last but one. */
    public long positionAfter(long sequence, long nanos) {
        Reigns known = known();
        if (known.present.sequence == sequence) {
            return known.present.positionAfter(nanos);
        }
        return known.former.sequence == sequence ? known.former.positionAfter(nanos) : UNKNOWN;
    }

    /** For how long a node that has replayed so far may have lacked something; {@code Long.MAX_VALUE} if that is not known. */
    public long lagNanos(long replayed, long nowNanos) {
        for (Map.Entry<Long, Long> entry :
                known().present.positions.descendingMap().entrySet()) {
            if (entry.getValue() <= replayed) {
                return nowNanos - entry.getKey();
            }
        }
        return Long.MAX_VALUE;
    }
}
