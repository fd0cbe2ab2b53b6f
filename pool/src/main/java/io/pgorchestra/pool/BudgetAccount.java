package io.pgorchestra.pool;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One pool's dealings with the {@link ServerBudget}. Bound to the pool's loop, but for {@link #hand}, {@link #ask} and
 * {@link #idleServers}, which any thread may call.
 *
 * <p>A server needs two permits, its database's and its user's. They are taken in this order, and one is never kept while waiting
 * for the other, so pools cannot block each other.
 */
final class BudgetAccount {

    /** What the budget asks of a pool, always on the pool's loop. */
    interface Owner {

        /** A permit is in hand: use it now by {@link BudgetAccount#tryAcquire}; it goes on to the next pool otherwise. */
        void permitHanded();

        /** Close an idle server, if there is one. */
        boolean yieldIdle();
    }

    private @Nullable ServerCap queuedAt;
    private @Nullable ServerCap inHand;

    private final ServerCap database;
    private final ServerCap user;
    private final Owner owner;
    private final LoopTime time;

    /** How many idle servers the pool has, for other threads to see soon. */
    private final AtomicInteger idleServers = new AtomicInteger();

    BudgetAccount(ServerCap database, ServerCap user, Owner owner, LoopTime time) {
        this.database = database;
        this.user = user;
        this.owner = owner;
        this.time = time;
    }

    /** Whether the pool waits for a permit; it will be handed one, and need not try before. */
    boolean queued() {
        return queuedAt != null;
    }

    /** Takes both permits, or none and joins the queue for the one that was missing. */
    boolean tryAcquireOrQueue(boolean hasServers) {
        ServerCap missing = tryAcquire();
        if (missing == null) {
            return true;
        }
        assert queuedAt == null : "queued twice";
        queuedAt = missing;
        missing.enqueue(this, hasServers);
        missing.askForIdle(this);
        return false;
    }

    /** Takes both permits, or none and tells which was missing. */
    @Nullable
    ServerCap tryAcquire() {
        if (!take(database)) {
            giveBackInHand();
            return database;
        }
        if (!take(user)) {
            database.release();
            return user;
        }
        return null;
    }

    void release() {
        user.release();
        database.release();
    }

    /** Leaves the queue, if in it. A permit on its way here is passed on when it comes. */
    void dequeue() {
        if (queuedAt != null) {
            queuedAt.dequeue(this);
            queuedAt = null;
        }
    }

    /** Asks again for an idle server of another pool: the first one asked may have been leased meanwhile. */
    void askAgain() {
        if (queuedAt != null) {
            queuedAt.askForIdle(this);
        }
    }

    boolean wantsIdle() {
        return database.wantsIdle() || user.wantsIdle();
    }

    boolean wantsLeased(int servers) {
        return database.wantsLeased(servers) || user.wantsLeased(servers);
    }

    void publishIdle(int count) {
        idleServers.lazySet(count);
    }

    int idleServers() {
        return idleServers.get();
    }

    void leave() {
        dequeue();
        database.leave(this);
        user.leave(this);
    }

    void hand(ServerCap cap) {
        time.execute(() -> handed(cap));
    }

    void ask(ServerCap cap) {
        time.execute(() -> asked(cap));
    }

    private boolean take(ServerCap cap) {
        if (inHand == cap) {
            inHand = null;
            return true;
        }
        return cap.tryAcquire();
    }

    private void handed(ServerCap cap) {
        if (queuedAt == cap) {
            queuedAt = null;
        }
        inHand = cap;
        owner.permitHanded();
        giveBackInHand();
    }

    private void giveBackInHand() {
        if (inHand != null) {
            ServerCap cap = inHand;
            inHand = null;
            cap.release();
        }
    }

    private void asked(ServerCap cap) {
        if (cap.wantsIdle() && !owner.yieldIdle()) {
            cap.askForIdle(this);
        }
    }
}
