package io.pgorchestra.pool;

import org.jspecify.annotations.Nullable;

/**
 * One server connection's place in its pool, from opening to closing. Bound to the pool's loop.
 *
 * @param <S> the server connection
 */
public final class Slot<S> {

    private SlotState state = SlotState.CONNECTING;
    private @Nullable S server;
    private long stateSinceNanos;
    private long connectedAtNanos;
    private long leasedAtNanos;

    /** Until when the server needs no check before a lease. */
    long provenUntilNanos;
    /** Set while the server must not go to another client. */
    @Nullable
    CloseReason closeAtRelease;
    /** How much of the lifetime's tenth this server is spared: 0 to 1. */
    final double lifetimeJitter;

    /** The walk over the queue in which a waiter last counted on this slot. */
    long claimedInWalk;

    @Nullable
    Slot<S> newerIdle;

    @Nullable
    Slot<S> olderIdle;

    private final int id;
    final int place;
    private final PoolKey key;
    private final Object startup;
    private final int startupHash;

    Slot(int id, int place, PoolKey key, Object startup, double lifetimeJitter, long nowNanos) {
        this.id = id;
        this.place = place;
        this.key = key;
        this.startup = startup;
        this.startupHash = startup.hashCode();
        this.lifetimeJitter = lifetimeJitter;
        this.stateSinceNanos = nowNanos;
    }

    /** The connection. Only once connected or {@linkplain #attach attached}. */
    public S server() {
        S present = server;
        if (present == null) {
            throw new IllegalStateException(this + " has no server yet (expected: connected or attached)");
        }
        return present;
    }

    /** Whether {@link #server} may be called. */
    public boolean hasServer() {
        return server != null;
    }

    /** Lets the connector keep its half-open connection here, so that it finds it again when told to close. */
    public void attach(S connection) {
        server = connection;
    }

    public SlotState state() {
        return state;
    }

    public PoolKey key() {
        return key;
    }

    /** The startup parameters it was, or is being, opened with. */
    public Object startup() {
        return startup;
    }

    /** Unique within the pool for the life of the pool. */
    public int id() {
        return id;
    }

    /** When its login was done; 0 before. */
    public long connectedAtNanos() {
        return connectedAtNanos;
    }

    /** When its present or last lease began; 0 before the first. */
    public long leasedAtNanos() {
        return leasedAtNanos;
    }

    /** When it came to its present state. */
    public long stateSinceNanos() {
        return stateSinceNanos;
    }

    @Override
    public String toString() {
        return "slot " + id + " of " + key + " (" + state + ")";
    }

    void moveTo(SlotState next, long nowNanos) {
        assert state.mayBecome(next) : this + " -> " + next;
        if (state == SlotState.CONNECTING && next == SlotState.IDLE) {
            connectedAtNanos = nowNanos;
        }
        if (next == SlotState.LEASED) {
            leasedAtNanos = nowNanos;
        }
        state = next;
        stateSinceNanos = nowNanos;
    }

    boolean startedLike(Waiter<S> waiter) {
        return startupHash == waiter.startupHash && (startup == waiter.startup() || startup.equals(waiter.startup()));
    }

    /** Whether it will be idle by itself before long. */
    boolean onTheWay() {
        return switch (state) {
            case CONNECTING, RESETTING, CHECKING -> true;
            case IDLE, LEASED, CLOSED -> false;
        };
    }

    boolean suits(Waiter<S> waiter) {
        return !waiter.exactStartup() || startedLike(waiter);
    }
}
