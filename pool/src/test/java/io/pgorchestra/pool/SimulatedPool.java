package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A pool, its fake servers and its clients in the simulation, with what they know of each other independently of the pool. */
final class SimulatedPool implements Connector<Integer> {

    final Pool<Integer> pool;
    final List<SimulatedClient> clients = new ArrayList<>();
    final TestSettings settings = new TestSettings();

    /** Slots the pool has asked for and neither closed nor been told of as lost. */
    final Set<Slot<Integer>> open = new LinkedHashSet<>();

    /** Slots closed while connecting, whose answer may still come. */
    final List<Slot<Integer>> late = new ArrayList<>();

    private final SimulatedLoop loop;
    private final ServerBudget budget;
    private final SimulatedLimits limits;
    private final SplittableRandom random;
    private final PoolKey key;
    private boolean failing;
    private boolean gateOpen = true;
    private long gateOpenNanos;
    private long failedAtNanos;
    private int mostServers;

    SimulatedPool(
            PoolKey key, ServerBudget budget, SimulatedLimits limits, SimulatedLoop loop, SplittableRandom random) {
        this.key = key;
        this.loop = loop;
        this.budget = budget;
        this.limits = limits;
        this.random = random;
        chooseSettings();
        pool = new Pool<>(key, settings.build(), this, budget, now -> gateOpen, loop, random.split());
        mostServers = settings.maxSize + settings.reserveSize;
        for (int i = 0; i < 8; i++) {
            clients.add(new SimulatedClient(this, random));
        }
    }

    // --- what the pool asks ---

    @Override
    public void open(Slot<Integer> slot) {
        assertTrue(gateOpen, "opened behind a shut gate");
        assertTrue(open.add(slot));
        assertTrue(open.size() <= mostServers, "more servers than allowed");
        if (random.nextInt(50) == 0) {
            failed(slot, false);
        }
    }

    @Override
    public void reset(Slot<Integer> slot) {
        assertTrue(open.contains(slot));
    }

    @Override
    public void check(Slot<Integer> slot) {
        assertTrue(open.contains(slot));
    }

    @Override
    public void close(Slot<Integer> slot, CloseReason reason) {
        if (late.remove(slot)) {
            return;
        }
        if (!slot.hasServer()) {
            late.add(slot);
        }
        if (reason == CloseReason.CONNECT_TIMEOUT) {
            noteFailure();
        }
        lost(slot);
    }

    private void lost(Slot<Integer> slot) {
        assertTrue(open.remove(slot), "closed twice");
        clients.forEach(client -> client.lost(slot));
    }

    // --- what happens to it ---

    void chooseSettings() {
        settings.maxSize = 1 + random.nextInt(4);
        settings.minSize = random.nextInt(3);
        settings.reserveSize = random.nextInt(2);
        settings.queryWaitTimeout = Duration.ofSeconds(random.nextInt(4) * 20L);
        settings.failoverHoldTimeout = Duration.ofSeconds(random.nextInt(3) * 15L);
        settings.serverLifetime = Duration.ofSeconds(random.nextInt(3) * 60L);
        settings.serverIdleTimeout = Duration.ofSeconds(random.nextInt(3) * 40L);
        settings.serverLoginRetry = Duration.ofSeconds(random.nextInt(3) * 5L);
        settings.serverCheckDelay = Duration.ofSeconds(random.nextInt(3));
        settings.checkBeforeLease = random.nextInt(3) == 0;
        settings.resetOnRelease = random.nextInt(3) == 0;
        settings.roundRobin = random.nextInt(4) == 0;
    }

    void applyOtherSettings() {
        chooseSettings();
        mostServers = Math.max(open.size(), settings.maxSize + settings.reserveSize);
        pool.apply(settings.build());
    }

    /** A server somewhere on its way or at rest does what the world makes it do. */
    void answer() {
        Slot<Integer> slot = anyOf(new ArrayList<>(open));
        if (slot == null) {
            return;
        }
        switch (slot.state()) {
            case CONNECTING -> answerOpen(slot);
            case RESETTING, CHECKING -> {
                if (random.nextInt(5) == 0) {
                    pool.discard(slot, CloseReason.RESET_FAILED);
                } else {
                    pool.prepared(slot);
                }
            }
            case IDLE, LEASED -> {
                if (random.nextInt(6) == 0) {
                    lost(slot);
                    pool.discard(slot, CloseReason.SERVER_CLOSED);
                }
            }
            case CLOSED -> throw new AssertionError("closed, but not told so");
        }
    }

    void answerLate() {
        Slot<Integer> slot = anyOf(late);
        if (slot != null && random.nextBoolean()) {
            pool.connected(slot, slot.id());
        } else if (slot != null) {
            late.remove(slot);
            pool.connectFailed(slot, "late");
        }
        assertTrue(slot == null || !late.contains(slot), "a late server was not closed");
    }

    private void answerOpen(Slot<Integer> slot) {
        switch (random.nextInt(8)) {
            case 0 -> failed(slot, true);
            case 1 -> failed(slot, false);
            case 2 -> {
                lost(slot);
                pool.startupRefused(slot, "startup");
            }
            default -> {
                failing = false;
                pool.connected(slot, slot.id());
            }
        }
    }

    private void failed(Slot<Integer> slot, boolean byAnswer) {
        noteFailure();
        lost(slot);
        if (byAnswer) {
            pool.loginFailed(slot, "login");
        } else {
            pool.connectFailed(slot, "connect");
        }
    }

    private void noteFailure() {
        failing = true;
        failedAtNanos = loop.nanos();
    }

    void reconnect() {
        failing = false;
        pool.reconnect();
    }

    void togglePause() {
        if (pool.paused()) {
            failing = false;
            pool.resume();
        } else {
            pool.pause();
        }
    }

    void toggleGate() {
        gateOpen = !gateOpen;
        gateOpenNanos = loop.nanos();
        failing = false;
        pool.gateChanged();
    }

    void openGate() {
        if (!gateOpen) {
            toggleGate();
        }
    }

    @Nullable
    <T> T anyOf(List<T> choices) {
        return choices.isEmpty() ? null : choices.get(random.nextInt(choices.size()));
    }

    // --- what must hold ---

    void checkAlways() {
        Set<Slot<Integer>> ofPool = new LinkedHashSet<>();
        pool.forEachSlot(slot -> assertTrue(ofPool.add(slot), "one slot in two places"));
        assertEquals(open, ofPool, "servers of the world and of the pool");
        PoolCounts counts = pool.counts();
        assertEquals(ofPool.size(), counts.servers());
        assertTrue(counts.servers() <= mostServers, "more servers than allowed");
        mostServers = Math.max(settings.maxSize + settings.reserveSize, counts.servers());

        long held = clients.stream().filter(client -> client.slot != null).count();
        assertEquals(held, counts.active(), "leased servers without a client, or the reverse");
        Set<Waiter<Integer>> queue = new LinkedHashSet<>();
        pool.forEachWaiter(queue::add);
        assertEquals(counts.waiting(), queue.size());
        for (SimulatedClient client : clients) {
            assertEquals(client.waiting, queue.contains(client.waiter), "a client is queued if and only if it waits");
        }
        assertTrue(!pool.pauseComplete() || open.isEmpty());
    }

    /** Once every message has arrived: nobody waits for what is there, or could be. */
    void checkSettled() {
        if (pool.paused() || !gateOpen) {
            return;
        }
        pool.forEachWaiter(waiter -> pool.forEachSlot(slot -> assertTrue(
                slot.state() != SlotState.IDLE || !slot.suits(waiter) || !proven(slot),
                "a client waits while a server that suits it is idle")));
        if (needsMore()) {
            assertEquals(0, pool.counts().idle(), "a client waits while an idle server may be checked for it");
        }
        checkOpened(false);
    }

    /** Nobody waits while a server may be opened; where a failure was long enough ago, once a tick has noticed that. */
    void checkOpened(boolean ticked) {
        if (!pool.paused() && gateOpen && needsMore() && open.size() < settings.maxSize && mayTry(ticked)) {
            assertTrue(databaseIsFull() || userIsFull(), "a client waits while a server may be opened");
        }
    }

    /** Once every pool has had its tick: nobody waits for a permit that another pool does not use. */
    void checkShared(List<SimulatedPool> pools) {
        if (pool.paused() || !gateOpen || !needsMore() || open.size() >= settings.maxSize || !mayTry(true)) {
            return;
        }
        for (SimulatedPool other : pools) {
            // Where both limits are reached it lines up for the user's permit, and the database's alone would not help
            // it.
            boolean sameDatabase = other.key.database().equals(key.database()) && databaseIsFull() && !userIsFull();
            boolean sameUser = other.key.user().equals(key.user()) && userIsFull() && !databaseIsFull();
            if (other != this && (sameDatabase || sameUser)) {
                assertEquals(0, other.pool.counts().idle(), key + " waits while " + other.key + " has idle servers");
            }
        }
    }

    void checkDeadlines() {
        long now = loop.nanos();
        if (!gateOpen) {
            checkHold(now);
            return;
        }
        pool.forEachWaiter(waiter -> {
            long limit = waiter.waitTimeoutNanos() == Waiter.POOL_TIMEOUT
                    ? settings.queryWaitTimeout.toNanos()
                    : waiter.waitTimeoutNanos();
            assertTrue(limit == 0 || now - waiter.waitingSinceNanos() < limit, "a client waits past its deadline");
        });
    }

    private void checkHold(long now) {
        long limit = settings.failoverHoldTimeout.toNanos();
        pool.forEachWaiter(waiter -> assertTrue(
                limit == 0 || now - Math.max(waiter.waitingSinceNanos(), gateOpenNanos) < limit,
                "a client is held past its deadline"));
    }

    void checkGrant(Slot<Integer> slot, Waiter<Integer> winner) {
        assertTrue(gateOpen, "leased behind a shut gate");
        assertEquals(SlotState.LEASED, slot.state());
        assertTrue(slot.suits(winner));
        clients.forEach(client -> assertTrue(client.slot != slot, "one server for two clients"));
        pool.forEachWaiter(waiter -> assertTrue(
                waiter.joined > winner.joined || !slot.suits(waiter),
                "an earlier client would have taken this server"));
    }

    void checkLeasedAtOnce(@Nullable Slot<Integer> slot) {
        if (slot != null) {
            assertTrue(gateOpen, "leased behind a shut gate");
            assertEquals(0, pool.counts().waiting(), "served before those who wait");
            assertEquals(SlotState.LEASED, slot.state());
            clients.forEach(client -> assertTrue(client.slot != slot, "one server for two clients"));
        }
    }

    void checkEnded() {
        assertEquals(0, pool.counts().waiting());
        clients.forEach(client -> assertNull(client.slot));
    }

    private boolean needsMore() {
        PoolCounts counts = pool.counts();
        boolean anyExact = clients.stream().anyMatch(client -> client.waiting && client.waiter.exactStartup());
        return !anyExact && counts.waiting() > counts.login() + counts.tested();
    }

    private boolean mayTry(boolean ticked) {
        long retryNanos = Math.max(LoginHealth.SHORTEST_RETRY_NANOS, settings.serverLoginRetry.toNanos());
        boolean retryDue = pool.counts().login() == 0 && loop.nanos() - failedAtNanos >= retryNanos;
        return !failing || (ticked && retryDue);
    }

    private boolean databaseIsFull() {
        int limit = limits.database(key);
        return limit > 0 && budget.databaseConnections(key.database()) >= limit;
    }

    private boolean userIsFull() {
        int limit = limits.user(key);
        return limit > 0 && budget.userConnections(key.user()) >= limit;
    }

    private boolean proven(Slot<Integer> slot) {
        return !settings.checkBeforeLease || slot.provenUntilNanos - loop.nanos() > 0;
    }
}
