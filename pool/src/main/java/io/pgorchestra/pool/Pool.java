package io.pgorchestra.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The servers shared by one (database, user), and the clients waiting for them. Bound to one event loop: plain fields, no locks.
 *
 * <p>What it promises. First come first served: no client gets a server that an earlier one would have taken. No client waits while
 * a server that suits it is idle, or may be opened. Never more servers than the limits allow. Every waiting client is answered
 * exactly once, by {@link LeaseHolder#granted} or {@link LeaseHolder#refused}, unless it {@linkplain #withdraw withdraws}.
 *
 * <p>Re-entrancy. {@link #lease} calls no holder. All other methods may, as their last act: the pool is then in a settled state, and
 * a holder may call anything. Such inner calls do their part at once but leave granting to the outermost one, so a chain of clients
 * that release as soon as they are granted is a loop, not a recursion.
 *
 * @param <S> the server connection
 */
public final class Pool<S> {

    private enum Mode {
        OPEN,
        /** Between PAUSE and RESUME: nothing is leased or opened. */
        PAUSED,
        /** For good: nobody is let in. */
        RETIRED
    }

    private Mode mode = Mode.OPEN;
    private final WaitQueue<S> waiters = new WaitQueue<>();
    private final ServerStock<S> stock;

    /** Above 0 while this pool is at work: then calls from holders and the connector leave settling to the outermost call. */
    private int depth;

    private boolean settleAgain;
    private boolean settlePosted;
    private long walk;

    /** The startup parameters of the last client: {@code min_pool_size} is filled up with them, once there was a client. */
    private @Nullable Object lastStartup;

    private final List<Runnable> whenPaused = new ArrayList<>();
    private final PoolTotals totals = new PoolTotals();
    private PoolSettings settings;
    private PoolLimits limits;
    private final PoolKey key;
    private final Connector<S> connector;
    private final Gate gate;

    /** When the gate was last seen open, and somebody behind it. */
    private long gateOpenNanos;

    private final LoopTime time;
    private final Runnable postedSettle = this::settlePosted;

    public Pool(PoolKey key, PoolSettings settings, Connector<S> connector, ServerBudget budget, LoopTime time) {
        this(key, settings, connector, budget, Gate.ALWAYS_OPEN, time);
    }

    /** As above. While the gate is shut clients wait, up to {@code failover_hold_timeout}; servers that are open stay as they are. */
    public Pool(
            PoolKey key, PoolSettings settings, Connector<S> connector, ServerBudget budget, Gate gate, LoopTime time) {
        this(key, settings, connector, budget, gate, time, new SplittableRandom(time.nanos() ^ key.hashCode()));
    }

    /**
     * As above.
     *
     * @param random spreads the ends of servers that were opened together
     */
    public Pool(
            PoolKey key,
            PoolSettings settings,
            Connector<S> connector,
            ServerBudget budget,
            Gate gate,
            LoopTime time,
            RandomGenerator random) {
        this.key = key;
        this.settings = settings;
        this.limits = PoolLimits.of(settings);
        this.connector = connector;
        this.gate = gate;
        this.gateOpenNanos = time.nanos();
        this.time = time;
        BudgetAccount account = budget.join(key, new PermitUse(), time);
        this.stock = new ServerStock<>(key, limits, connector, account, totals, time, random);
    }

    // --- clients ---

    /** An idle server that suits, at once; or null: the waiter is queued and its holder is told later. Never calls a holder. */
    public @Nullable Slot<S> lease(Waiter<S> waiter) {
        assert !waiter.waiting() : "leases twice at once";
        long now = time.nanos();
        lastStartup = waiter.startup();
        if (waiters.isEmpty() && leases(now)) {
            Slot<S> slot = stock.pick(waiter, now);
            if (slot != null) {
                return stock.take(slot, waiter, now);
            }
        }
        waiters.add(waiter, now);
        if (mode == Mode.RETIRED || refusalDue(now)) {
            // In a later turn, so that a client that leases anew whenever it is refused does not hold up the loop.
            postSettle();
            return null;
        }
        if (depth > 0) {
            settleAgain = true;
            return null;
        }
        depth++;
        try {
            order(now);
        } finally {
            depth--;
        }
        if (settleAgain || stock.hasIdle()) {
            postSettle();
        }
        return null;
    }

    /** The client has gone, or no longer wants a server. Harmless if it is not waiting. */
    public void withdraw(Waiter<S> waiter) {
        if (waiter.waiting()) {
            begin();
            leaveQueue(waiter, time.nanos());
            end();
        }
    }

    /**
     * The server is clean and idle, and its client is done with it: to the first waiter it suits, else to the idle ones. Harmless
     * if the pool has closed it meanwhile.
     */
    public void release(Slot<S> slot) {
        if (slot.state() == SlotState.CLOSED) {
            return;
        }
        assert slot.state() == SlotState.LEASED : slot;
        begin();
        try {
            long now = time.nanos();
            boolean clientsWait = !waiters.isEmpty();
            if (!clientsWait) {
                stock.account().dequeue();
            }
            CloseReason reason = mode == Mode.OPEN ? stock.endAtRelease(slot, clientsWait, now) : reasonOfMode();
            if (reason != null) {
                stock.close(slot, reason);
            } else if (limits.resetOnRelease()) {
                stock.reset(slot, now);
            } else {
                stock.rest(slot, limits.provenAfterLeaseNanos(), now);
            }
        } finally {
            end();
        }
    }

    // --- servers ---

    /**
     * Closes a server in whatever state, frees its place and permits, and opens others for those who wait. Harmless if it is closed
     * already. {@link Connector#close} is called unless {@link CloseReason#alreadyClosed}.
     */
    public void discard(Slot<S> slot, CloseReason reason) {
        if (slot.state() != SlotState.CLOSED) {
            begin();
            try {
                stock.close(slot, reason);
            } finally {
                end();
            }
        }
    }

    /** Closes a server as soon as no client holds it. */
    public void discardAtRelease(Slot<S> slot, CloseReason reason) {
        if (slot.state() == SlotState.LEASED) {
            slot.closeAtRelease = reason;
            return;
        }
        discard(slot, reason);
    }

    /** The server is connected and logged in. If its slot was closed meanwhile, the connector is told to close it, again. */
    public void connected(Slot<S> slot, S server) {
        slot.attach(server);
        if (slot.state() == SlotState.CLOSED) {
            connector.close(slot, CloseReason.CONNECT_TIMEOUT);
            return;
        }
        assert slot.state() == SlotState.CONNECTING : slot;
        stock.health().worked();
        ready(slot);
    }

    /** The reset or check query succeeded. */
    public void prepared(Slot<S> slot) {
        if (slot.state() != SlotState.CLOSED) {
            assert slot.state() == SlotState.RESETTING || slot.state() == SlotState.CHECKING : slot;
            ready(slot);
        }
    }

    private void ready(Slot<S> slot) {
        begin();
        try {
            if (mode != Mode.OPEN) {
                stock.close(slot, reasonOfMode());
            } else if (stock.shrinking()) {
                stock.close(slot, CloseReason.POOL_SHRUNK);
            } else {
                stock.rest(slot, limits.provenAfterAnswerNanos(), time.nanos());
                if (waiters.isEmpty()) {
                    stock.yieldWhileWanted();
                }
            }
        } finally {
            end();
        }
    }

    /**
     * The server gave no answer, or one that will soon be another, as 57P03 "the database system is starting up". Clients go on
     * waiting; the next attempt is after {@code server_login_retry}.
     */
    public void connectFailed(Slot<S> slot, Object cause) {
        failed(slot, CloseReason.CONNECT_FAILED, LoginHealth.State.UNREACHABLE, cause);
    }

    /**
     * The server answered the login with an error that will not pass by itself, as a wrong password. If there is no other server,
     * all who wait are refused with the cause, and so are those who come within {@code server_login_retry}.
     */
    public void loginFailed(Slot<S> slot, Object cause) {
        failed(slot, CloseReason.LOGIN_FAILED, LoginHealth.State.REFUSING, cause);
    }

    private void failed(Slot<S> slot, CloseReason reason, LoginHealth.State how, Object cause) {
        if (slot.state() == SlotState.CLOSED) {
            return;
        }
        assert slot.state() == SlotState.CONNECTING : slot;
        begin();
        try {
            stock.health().failed(how, cause, time.nanos());
            stock.close(slot, reason);
        } finally {
            end();
        }
    }

    /**
     * The server would take the user but not these startup parameters: clients waiting with the same are refused with the cause.
     * Nobody else is concerned.
     */
    public void startupRefused(Slot<S> slot, Object cause) {
        if (slot.state() == SlotState.CLOSED) {
            return;
        }
        assert slot.state() == SlotState.CONNECTING : slot;
        begin();
        try {
            stock.close(slot, CloseReason.STARTUP_REFUSED);
            refuseEach(slot::startedLike, RefusalReason.STARTUP_REFUSED, cause);
        } finally {
            end();
        }
    }

    // --- time ---

    /** Everything that is due by now. To be called about three times a second. */
    public void tick() {
        begin();
        try {
            closeDue(time.nanos());
            stock.yieldWhileWanted();
        } finally {
            end();
        }
        long now = time.nanos();
        begin();
        try {
            refuseOverdue(now);
            if (leases(now) && lastStartup != null) {
                stock.fillUp(lastStartup, now);
            }
        } finally {
            end();
        }
        if (waiters.isEmpty() || !leases(now)) {
            stock.account().dequeue();
        }
        stock.account().askAgain();
    }

    /** Behind a shut gate it is not the queue that clients wait for, and the wait has a limit of its own. */
    private void refuseOverdue(long now) {
        if (gate.open(now) && !(gate.mayMove() && isSilent())) {
            gateOpenNanos = now;
            refuseEach(
                    waiter -> waiter.waitedTooLong(now, limits.queryWaitTimeoutNanos()),
                    RefusalReason.QUERY_WAIT_TIMEOUT,
                    stock.health().cause());
            return;
        }
        refuseEach(
                waiter -> waiter.heldTooLong(now, gateOpenNanos, limits.failoverHoldTimeoutNanos()),
                RefusalReason.HELD_TOO_LONG,
                null);
    }

    /** No server is open, and the last attempt got no answer: the node behind the gate is gone, though nobody has shut it yet. */
    private boolean isSilent() {
        return stock.health().unreachable() && stock.slots().live() == 0;
    }

    private void closeDue(long now) {
        SlotTable<S> slots = stock.slots();
        for (int place = 0; place < slots.places(); place++) {
            Slot<S> slot = slots.at(place);
            CloseReason reason = slot == null ? null : stock.due(slot, now);
            if (slot != null && reason != null) {
                if (reason == CloseReason.CONNECT_TIMEOUT) {
                    stock.health().failed(LoginHealth.State.UNREACHABLE, reason, now);
                }
                stock.close(slot, reason);
            }
        }
    }

    /**
     * The gate may have opened: those who wait are served at once, also where a failed login would have meant waiting for
     * {@code server_login_retry}, for behind it may be another node.
     */
    public void gateChanged() {
        begin();
        stock.health().worked();
        end();
    }

    // --- operators ---

    /** Changes the settings of a pool at work. A smaller pool closes idle servers now and leased ones as they are released. */
    public void apply(PoolSettings newSettings) {
        settings = newSettings;
        limits = PoolLimits.of(newSettings);
        begin();
        try {
            stock.apply(limits);
        } finally {
            end();
        }
    }

    /** PAUSE: leases no more, closes idle servers now and leased ones as they are released. Clients wait. */
    public void pause() {
        if (mode == Mode.OPEN) {
            mode = Mode.PAUSED;
            closeAll(slot -> slot.state() != SlotState.LEASED, CloseReason.PAUSED);
        }
    }

    /** RESUME: goes on at once, also where a failed login would have meant waiting for {@code server_login_retry}. */
    public void resume() {
        if (mode == Mode.PAUSED) {
            begin();
            mode = Mode.OPEN;
            stock.health().worked();
            end();
        }
    }

    public boolean paused() {
        return mode == Mode.PAUSED;
    }

    /** Whether it is paused and the last server has been closed. */
    public boolean pauseComplete() {
        return mode == Mode.PAUSED && stock.slots().size() == 0;
    }

    /**
     * Runs the task once: when a PAUSE is complete, or is over without being so (resumed, retired), which {@link #pauseComplete}
     * tells apart. Within this call if that is so now.
     */
    public void onPaused(Runnable task) {
        begin();
        whenPaused.add(task);
        end();
    }

    /**
     * RECONNECT: closes idle servers and those being opened now, leased ones as they are released. New ones are opened at once, also
     * where a failed login would have meant waiting for {@code server_login_retry}.
     */
    public void reconnect() {
        stock.health().worked();
        stock.slots().forEach(slot -> slot.closeAtRelease = CloseReason.RECONNECT);
        closeAll(slot -> slot.state() != SlotState.LEASED, CloseReason.RECONNECT);
    }

    /** KILL: closes all servers, leased ones too, and refuses all who wait. The pool itself goes on. */
    public void kill(CloseReason reason) {
        begin();
        try {
            stock.closeEach(slot -> true, reason);
            refuseEach(waiter -> true, RefusalReason.KILLED, null);
        } finally {
            end();
        }
    }

    /** Refuses all who wait, so that they ask elsewhere; whoever comes next may wait again. */
    public void turnAway() {
        begin();
        try {
            refuseEach(waiter -> true, RefusalReason.TURNED_AWAY, null);
        } finally {
            end();
        }
    }

    /** Ends the pool: closes all servers and refuses all who wait or still come. It has no part in the budget any more. */
    public void retire(CloseReason reason) {
        mode = Mode.RETIRED;
        stock.account().leave();
        closeAll(slot -> true, reason);
    }

    private void closeAll(Predicate<Slot<S>> which, CloseReason reason) {
        begin();
        try {
            stock.closeEach(which, reason);
        } finally {
            end();
        }
    }

    private CloseReason reasonOfMode() {
        return mode == Mode.PAUSED ? CloseReason.PAUSED : CloseReason.SHUTDOWN;
    }

    // --- views ---

    public PoolKey key() {
        return key;
    }

    public PoolSettings settings() {
        return settings;
    }

    public PoolCounts counts() {
        SlotTable<S> slots = stock.slots();
        Waiter<S> first = waiters.first();
        return new PoolCounts(
                waiters.size(),
                slots.count(SlotState.LEASED),
                slots.count(SlotState.IDLE),
                slots.count(SlotState.RESETTING) + slots.count(SlotState.CHECKING),
                slots.count(SlotState.CONNECTING),
                first == null ? 0 : time.nanos() - first.waitingSinceNanos());
    }

    public PoolTotals totals() {
        return totals;
    }

    /** {@code server_assignment_count}. */
    public long leasesGranted() {
        return totals.leases();
    }

    /** {@code wait_time}, in nanoseconds. */
    public long waitNanosTotal() {
        return totals.waitNanos();
    }

    /** Visits all servers; the visitor may discard them. */
    public void forEachSlot(Consumer<? super Slot<S>> visitor) {
        stock.slots().forEach(visitor);
    }

    /** Visits all who wait, first come first; the visitor must leave the queue alone. */
    public void forEachWaiter(Consumer<? super Waiter<S>> visitor) {
        for (Waiter<S> waiter = waiters.first(); waiter != null; waiter = waiter.later) {
            visitor.accept(waiter);
        }
    }

    // --- settling ---

    private void begin() {
        depth++;
    }

    private void end() {
        depth--;
        if (depth > 0) {
            settleAgain = true;
            return;
        }
        if (!waiters.isEmpty() || !whenPaused.isEmpty()) {
            settle();
        }
    }

    /** Grants, refuses and orders until nothing more can be done for those who wait. */
    private void settle() {
        depth++;
        try {
            do {
                settleAgain = false;
                long now = time.nanos();
                grantIdle(now);
                if (mode == Mode.RETIRED) {
                    refuseEach(waiter -> true, RefusalReason.RETIRED, null);
                } else if (refusalDue(now)) {
                    refuseEach(
                            waiter -> true,
                            RefusalReason.LOGIN_FAILED,
                            stock.health().cause());
                }
                order(now);
                tellPaused();
                // What is idle still is of no use to those who wait here.
                stock.yieldWhileWanted();
            } while (settleAgain);
        } finally {
            depth--;
        }
    }

    private boolean leases(long now) {
        return mode == Mode.OPEN && gate.open(now);
    }

    private void postSettle() {
        if (!settlePosted) {
            settlePosted = true;
            time.execute(postedSettle);
        }
    }

    private void settlePosted() {
        settlePosted = false;
        begin();
        end();
    }

    private void grantIdle(long now) {
        while (leases(now) && stock.hasIdle()) {
            Waiter<S> waiter = waiters.first();
            Slot<S> slot = waiter == null ? null : stock.pick(waiter, now);
            if (slot == null && waiters.exactSize() > 0) {
                waiter = walkExactly(now);
                slot = waiter == null ? null : stock.pick(waiter, now);
            }
            if (waiter == null || slot == null) {
                return;
            }
            leaveQueue(waiter, now);
            waiter.holder().granted(stock.take(slot, waiter, now));
        }
    }

    /** Sets as many servers on their way as the queue needs and the limits allow. */
    private void order(long now) {
        if (!leases(now)) {
            return;
        }
        if (waiters.exactSize() > 0) {
            walkExactly(now);
            return;
        }
        int onTheWay = stock.slots().onTheWay();
        while (waiters.size() > onTheWay) {
            if (stock.order(waiters.after(onTheWay), now) == null) {
                return;
            }
            onTheWay = stock.slots().onTheWay();
        }
    }

    /**
     * The same where somebody in the queue insists on its own startup parameters, so that it matters which server goes to whom:
     * along the queue, each waiter counts on a server on its way or has one ordered, if need be in the place of an idle one.
     *
     * @return the first waiter to whom an idle server can be granted; all before it are provided for, as far as may be
     */
    private @Nullable Waiter<S> walkExactly(long now) {
        walk++;
        for (Waiter<S> waiter = waiters.first(); waiter != null; waiter = waiter.later) {
            if (stock.pick(waiter, now) != null) {
                return waiter;
            }
            if (!stock.claim(waiter, walk)) {
                Slot<S> ordered = stock.order(waiter, now);
                if (ordered == null && stock.makeRoomFor(waiter, now)) {
                    ordered = stock.order(waiter, now);
                }
                if (ordered != null) {
                    ordered.claimedInWalk = walk;
                } else if (!stock.hasIdle()) {
                    return null;
                }
            }
        }
        return null;
    }

    /** Whether those who wait have nothing to hope for: no server at all, and the last attempt was answered with an error. */
    private boolean refusalDue(long now) {
        LoginHealth health = stock.health();
        return health.refusing()
                && stock.slots().size() == 0
                && leases(now)
                && health.pausing(now, limits.serverLoginRetryNanos());
    }

    /** Refuses those of a kind who wait now; whoever comes back meanwhile is not among them. */
    private void refuseEach(Predicate<Waiter<S>> which, RefusalReason reason, @Nullable Object cause) {
        long before = waiters.changes();
        long now = time.nanos();
        Waiter<S> waiter = waiters.first();
        while (waiter != null && waiter.joined <= before) {
            Waiter<S> later = waiter.later;
            if (which.test(waiter)) {
                leaveQueue(waiter, now);
                totals.countRefusal(reason);
                long changes = waiters.changes();
                waiter.holder().refused(reason, cause);
                later = changes == waiters.changes() ? later : waiters.first();
            }
            waiter = later;
        }
    }

    private void leaveQueue(Waiter<S> waiter, long now) {
        waiters.remove(waiter);
        totals.countWait(now - waiter.waitingSinceNanos());
    }

    private void tellPaused() {
        if (whenPaused.isEmpty() || (mode == Mode.PAUSED && stock.slots().size() > 0)) {
            return;
        }
        List<Runnable> tasks = List.copyOf(whenPaused);
        whenPaused.clear();
        tasks.forEach(Runnable::run);
    }

    /** What the budget asks of this pool. */
    private final class PermitUse implements BudgetAccount.Owner {

        @Override
        public void permitHanded() {
            begin();
            end();
        }

        @Override
        public boolean yieldIdle() {
            begin();
            try {
                return stock.closeOldestIdle(CloseReason.EVICTED);
            } finally {
                end();
            }
        }
    }
}
