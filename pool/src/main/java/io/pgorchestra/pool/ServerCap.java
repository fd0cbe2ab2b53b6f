package io.pgorchestra.pool;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The servers that all pools of one database, or of one user, may have together. Shared by threads.
 *
 * <p>A permit that comes free while pools are queued is handed to the first of them and never shows as free, so a permit cannot be
 * snatched from a pool that was told of it. No wake-up is lost: a pool that finds no permit joins the queue and then hands out
 * whatever is free; a pool that gives one back counts it free and then looks at the queue. Whichever comes second sees the other.
 */
final class ServerCap {

    private final AtomicInteger used = new AtomicInteger();
    private volatile int limit;

    /** Pools with no server at all go before those that want one more. */
    private final Queue<BudgetAccount> queueOfPoolsWithout = new ConcurrentLinkedQueue<>();

    private final Queue<BudgetAccount> queueOfPoolsWithSome = new ConcurrentLinkedQueue<>();
    private final List<BudgetAccount> members = new CopyOnWriteArrayList<>();

    ServerCap(int limit) {
        this.limit = limit;
    }

    int used() {
        return used.get();
    }

    int limit() {
        return limit;
    }

    void limit(int newLimit) {
        limit = newLimit;
        handOut();
    }

    void join(BudgetAccount account) {
        members.add(account);
    }

    void leave(BudgetAccount account) {
        members.remove(account);
    }

    /** Takes a permit unless the cap is reached or somebody was here before. */
    boolean tryAcquire() {
        return noneQueued() && tryTake();
    }

    void release() {
        int left = used.decrementAndGet();
        assert left >= 0 : "permits given back that were not taken";
        handOut();
    }

    void enqueue(BudgetAccount account, boolean hasServers) {
        (hasServers ? queueOfPoolsWithSome : queueOfPoolsWithout).add(account);
        handOut();
    }

    void dequeue(BudgetAccount account) {
        if (!queueOfPoolsWithout.remove(account)) {
            queueOfPoolsWithSome.remove(account);
        }
    }

    /** Whether a pool that has an idle server should close it for the sake of others. */
    boolean wantsIdle() {
        int now = limit;
        return now > 0 && (!noneQueued() || used.get() > now);
    }

    /**
     * Whether a pool of so many servers should close one that its own clients wait for: when there are more than allowed, or when
     * another pool has none at all.
     */
    boolean wantsLeased(int servers) {
        int now = limit;
        return now > 0 && (used.get() > now || (servers > 1 && !queueOfPoolsWithout.isEmpty()));
    }

    /** Asks the other pool with the most idle servers to close one; which it does, or passes the question on, on its own loop. */
    void askForIdle(BudgetAccount asker) {
        BudgetAccount richest = null;
        for (BudgetAccount member : members) {
            if (member != asker
                    && member.idleServers() > 0
                    && (richest == null || member.idleServers() > richest.idleServers())) {
                richest = member;
            }
        }
        if (richest != null) {
            richest.ask(this);
        }
    }

    private boolean noneQueued() {
        return queueOfPoolsWithout.isEmpty() && queueOfPoolsWithSome.isEmpty();
    }

    private boolean tryTake() {
        int before = used.get();
        while (limit == 0 || before < limit) {
            if (used.compareAndSet(before, before + 1)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    private void handOut() {
        while (!noneQueued() && tryTake()) {
            BudgetAccount account = poll();
            if (account == null) {
                used.decrementAndGet();
                continue;
            }
            account.hand(this);
        }
    }

    private @Nullable BudgetAccount poll() {
        BudgetAccount account = queueOfPoolsWithout.poll();
        return account != null ? account : queueOfPoolsWithSome.poll();
    }
}
