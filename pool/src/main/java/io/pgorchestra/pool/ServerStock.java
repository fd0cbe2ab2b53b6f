package io.pgorchestra.pool;

import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one pool, and the rules by which one is picked, opened, checked and closed. Knows one waiter at a time, and nothing
 * of the queue. Bound to the pool's loop.
 */
final class ServerStock<S> {

    private final SlotTable<S> slots = new SlotTable<>();
    private final IdleServers<S> idle = new IdleServers<>();
    private final LoginHealth health = new LoginHealth();
    private final BudgetAccount account;

    /** Servers to be closed at release because the pool has been made smaller. */
    private int excess;

    private PoolLimits limits;
    private final PoolKey key;
    private final Connector<S> connector;
    private final PoolTotals totals;
    private final LoopTime time;
    private final RandomGenerator random;

    ServerStock(
            PoolKey key,
            PoolLimits limits,
            Connector<S> connector,
            BudgetAccount account,
            PoolTotals totals,
            LoopTime time,
            RandomGenerator random) {
        this.key = key;
        this.limits = limits;
        this.connector = connector;
        this.account = account;
        this.totals = totals;
        this.time = time;
        this.random = random;
    }

    SlotTable<S> slots() {
        return slots;
    }

    LoginHealth health() {
        return health;
    }

    BudgetAccount account() {
        return account;
    }

    boolean hasIdle() {
        return idle.size() > 0;
    }

    // --- out and in ---

    /**
     * The idle server to lease to this waiter now, or null. Its last one if started alike, else one started alike, else (unless it
     * insists) its last one or any. With {@code server_round_robin} the last one means nothing.
     */
    @Nullable
    Slot<S> pick(Waiter<S> waiter, long now) {
        if (idle.size() == 0) {
            return null;
        }
        Slot<S> last = limits.roundRobin() ? null : slots.lastOf(waiter);
        boolean lastWillDo = last != null && last.state() == SlotState.IDLE && proven(last, now);
        if (last != null && lastWillDo && last.startedLike(waiter)) {
            return last;
        }
        Slot<S> other = null;
        for (Slot<S> slot = firstChoice(); slot != null; slot = nextChoice(slot)) {
            if (proven(slot, now)) {
                if (slot.startedLike(waiter)) {
                    return slot;
                }
                other = other == null ? slot : other;
            }
        }
        if (waiter.exactStartup()) {
            return null;
        }
        return lastWillDo ? last : other;
    }

    Slot<S> take(Slot<S> slot, Waiter<S> waiter, long now) {
        removeIdle(slot);
        slots.move(slot, SlotState.LEASED, now);
        waiter.lastPlace = slot.place;
        waiter.lastSlotId = slot.id();
        totals.countLease();
        return slot;
    }

    void rest(Slot<S> slot, long provenNanos, long now) {
        slots.move(slot, SlotState.IDLE, now);
        slot.provenUntilNanos = now + provenNanos;
        idle.add(slot);
        account.publishIdle(idle.size());
    }

    void reset(Slot<S> slot, long now) {
        slots.move(slot, SlotState.RESETTING, now);
        connector.reset(slot);
    }

    /** Why this server cannot stay when its lease ends, or null if it can. */
    @Nullable
    CloseReason endAtRelease(Slot<S> slot, boolean clientsWait, long now) {
        if (slot.closeAtRelease != null) {
            return slot.closeAtRelease;
        }
        if (limits.serverLifetimeNanos() == 0 || lifetimeOver(slot, now)) {
            return CloseReason.LIFETIME_OVER;
        }
        if (excess > 0) {
            return CloseReason.POOL_SHRUNK;
        }
        boolean wanted = clientsWait ? account.wantsLeased(slots.size()) : account.wantsIdle();
        return wanted ? CloseReason.EVICTED : null;
    }

    /** Why this server has to be closed by now, or null if it has not. */
    @Nullable
    CloseReason due(Slot<S> slot, long now) {
        long sinceNanos = now - slot.stateSinceNanos();
        boolean slow = limits.serverConnectTimeoutNanos() > 0 && sinceNanos >= limits.serverConnectTimeoutNanos();
        return switch (slot.state()) {
            case CONNECTING -> slow ? CloseReason.CONNECT_TIMEOUT : null;
            case RESETTING, CHECKING -> slow ? CloseReason.PREPARE_TIMEOUT : null;
            case IDLE -> dueWhenIdle(slot, sinceNanos, now);
            case LEASED, CLOSED -> null;
        };
    }

    private @Nullable CloseReason dueWhenIdle(Slot<S> slot, long idleNanos, long now) {
        if (limits.serverLifetimeNanos() > 0 && lifetimeOver(slot, now)) {
            return CloseReason.LIFETIME_OVER;
        }
        boolean unused = limits.serverIdleTimeoutNanos() > 0 && idleNanos >= limits.serverIdleTimeoutNanos();
        return unused && slots.size() > limits.minSize() ? CloseReason.IDLE_TIMEOUT : null;
    }

    private boolean lifetimeOver(Slot<S> slot, long now) {
        return now - slot.connectedAtNanos() >= limits.lifetimeNanos(slot.lifetimeJitter);
    }

    void close(Slot<S> slot, CloseReason reason) {
        if (slot.state() == SlotState.IDLE) {
            removeIdle(slot);
        }
        slots.move(slot, SlotState.CLOSED, time.nanos());
        excess = Math.min(excess, Math.max(0, slots.size() - limits.maxSize()));
        totals.countClose(reason);
        if (!reason.alreadyClosed()) {
            connector.close(slot, reason);
        }
        // Last, or another loop could open a server before this one is closed, and there would be one too many.
        account.release();
    }

    void closeEach(Predicate<Slot<S>> which, CloseReason reason) {
        slots.forEach(slot -> {
            if (which.test(slot)) {
                close(slot, reason);
            }
        });
    }

    boolean closeOldestIdle(CloseReason reason) {
        Slot<S> oldest = idle.oldest();
        if (oldest == null) {
            return false;
        }
        close(oldest, reason);
        return true;
    }

    private void removeIdle(Slot<S> slot) {
        idle.remove(slot);
        account.publishIdle(idle.size());
    }

    // --- more of them ---

    /** Whether a server on its way suits the waiter and nobody earlier in this walk counts on it; the waiter does from now on. */
    boolean claim(Waiter<S> waiter, long walk) {
        Slot<S> other = null;
        for (int place = 0; place < slots.places(); place++) {
            Slot<S> slot = slots.at(place);
            if (slot != null && slot.onTheWay() && slot.claimedInWalk != walk && slot.suits(waiter)) {
                if (slot.startedLike(waiter)) {
                    slot.claimedInWalk = walk;
                    return true;
                }
                other = slot;
            }
        }
        if (other != null) {
            other.claimedInWalk = walk;
        }
        return other != null;
    }

    /** Sets a server on its way to this waiter, by checking an idle one or opening another; null if neither may be. */
    @Nullable
    Slot<S> order(Waiter<S> waiter, long now) {
        if (limits.checkBeforeLease()) {
            for (Slot<S> slot = firstChoice(); slot != null; slot = nextChoice(slot)) {
                if (!proven(slot, now) && slot.suits(waiter)) {
                    removeIdle(slot);
                    slots.move(slot, SlotState.CHECKING, now);
                    connector.check(slot);
                    return slot;
                }
            }
        }
        boolean mayOpen = mayTry(now) && !account.queued() && roomBeyond(slots.size(), waiter, now);
        if (mayOpen && account.tryAcquireOrQueue(slots.size() > 0)) {
            return open(waiter.startup(), now);
        }
        return null;
    }

    /**
     * Closes an idle server that does not suit a waiter, if one that does may then be opened. Where it is a permit that is missing,
     * it comes by way of the queue at the budget, and the answer is false.
     */
    boolean makeRoomFor(Waiter<S> waiter, long now) {
        if (idle.size() == 0 || !mayTry(now)) {
            return false;
        }
        if (account.queued()) {
            if (account.wantsIdle()) {
                closeOldestIdle(CloseReason.EVICTED);
            }
            return false;
        }
        return roomBeyond(slots.size() - 1, waiter, now) && closeOldestIdle(CloseReason.EVICTED);
    }

    /** Opens servers up to {@code min_pool_size}, as far as that is at nobody's cost. */
    void fillUp(Object startup, long now) {
        while (slots.size() < limits.minSize() && mayTry(now) && account.tryAcquire() == null) {
            open(startup, now);
        }
    }

    private boolean mayTry(long now) {
        return health.mayTry(slots.count(SlotState.CONNECTING), now, limits.serverLoginRetryNanos());
    }

    private boolean roomBeyond(int servers, Waiter<S> waiter, long now) {
        if (servers < limits.maxSize()) {
            return true;
        }
        return servers < limits.maxSize() + limits.reserveSize()
                && now - waiter.waitingSinceNanos() >= limits.reserveTimeoutNanos();
    }

    private Slot<S> open(Object startup, long now) {
        Slot<S> slot = slots.add(key, startup, random.nextDouble(), now);
        totals.countOpen();
        connector.open(slot);
        return slot;
    }

    // --- limits ---

    /** From now on these limits. A smaller pool closes idle servers and those being opened; leased ones follow at release. */
    void apply(PoolLimits newLimits) {
        limits = newLimits;
        int above = Math.max(0, slots.size() - limits.maxSize());
        excess = above > limits.reserveSize() ? above : Math.min(excess, above);
        while (excess > 0 && closeOldestIdle(CloseReason.POOL_SHRUNK)) {
            assert slots.size() >= limits.maxSize() : "closed more than asked";
        }
        closeEach(slot -> excess > 0 && slot.state() == SlotState.CONNECTING, CloseReason.POOL_SHRUNK);
    }

    /** Closes idle servers as long as other pools need their permits, or a limit has been lowered. */
    void yieldWhileWanted() {
        while (account.wantsIdle() && closeOldestIdle(CloseReason.EVICTED)) {
            assert idle.size() >= 0;
        }
    }

    boolean shrinking() {
        return excess > 0;
    }

    private boolean proven(Slot<S> slot, long now) {
        return !limits.checkBeforeLease() || slot.provenUntilNanos - now > 0;
    }

    private @Nullable Slot<S> firstChoice() {
        return limits.roundRobin() ? idle.oldest() : idle.newest();
    }

    private @Nullable Slot<S> nextChoice(Slot<S> slot) {
        return limits.roundRobin() ? slot.newerIdle : slot.olderIdle;
    }
}
