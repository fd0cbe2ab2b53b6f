package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolTest {

    // --- leasing ---

    @Test
    void lease_whenServerIsIdle_givesItAtOnce() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);

        TestClient client = new TestClient();

        assertTrue(client.lease(fixture.pool));
        assertEquals("server 1", client.slot().server());
        assertEquals(SlotState.LEASED, client.slot().state());
        assertEquals(0, client.answers);
    }

    @Test
    void lease_whenPoolIsEmpty_opensAndGrantsOnceConnected() {
        PoolFixture fixture = new PoolFixture();

        TestClient client = fixture.waiting();
        assertEquals(1, fixture.connector.opening.size());
        fixture.connectAll();

        assertEquals(1, client.answers);
        assertEquals("server 1", client.slot().server());
    }

    @Test
    void lease_whenFull_waitsInOrder() {
        PoolFixture fixture = new PoolFixture();
        List<TestClient> holders = fixture.holders(2);
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();

        holders.get(1).release(fixture.pool);
        assertEquals(1, first.answers);
        assertEquals(0, second.answers);
        holders.get(0).release(fixture.pool);

        assertEquals(1, second.answers);
        assertTrue(fixture.connector.opening.isEmpty());
    }

    @Test
    void lease_byManyAtOnce_opensNoMoreThanTheMaximum() {
        PoolFixture fixture = new PoolFixture();

        IntStream.range(0, 10).forEach(i -> fixture.waiting());

        assertEquals(2, fixture.connector.opening.size());
    }

    @Test
    void lease_withoutHelp_neverCallsTheHolderWithinTheCall() {
        PoolFixture fixture = new PoolFixture();
        fixture.waiting();
        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "no");

        TestClient late = new TestClient();
        late.lease(fixture.pool);

        assertEquals(0, late.answers);
        fixture.loop.run();
        assertEquals(RefusalReason.LOGIN_FAILED, late.refusal);
    }

    @Test
    void lease_ofSameClient_getsItsLastServerAgain() {
        PoolFixture fixture = new PoolFixture();
        List<TestClient> clients = fixture.holders(2);
        Slot<String> mine = clients.get(0).slot();
        clients.get(0).release(fixture.pool);
        clients.get(1).release(fixture.pool);

        clients.get(0).lease(fixture.pool);

        assertSame(mine, clients.get(0).slot());
    }

    @Test
    void lease_byDefault_takesTheLastUsed() {
        PoolFixture fixture = new PoolFixture();
        List<TestClient> clients = fixture.holders(2);
        Slot<String> lastUsed = clients.get(0).slot();
        clients.get(1).release(fixture.pool);
        clients.get(0).release(fixture.pool);

        TestClient other = new TestClient();
        other.lease(fixture.pool);

        assertSame(lastUsed, other.slot());
    }

    @Test
    void lease_withRoundRobin_takesTheLongestIdle() {
        PoolFixture fixture = new PoolFixture(settings -> settings.roundRobin = true);
        List<TestClient> clients = fixture.holders(2);
        Slot<String> longestIdle = clients.get(1).slot();
        clients.get(1).release(fixture.pool);
        clients.get(0).release(fixture.pool);

        clients.get(0).lease(fixture.pool);

        assertSame(longestIdle, clients.get(0).slot());
    }

    @Test
    void release_byGrantedClientsInTheirCallbacks_isALoopNotARecursion() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient holder = fixture.holders(1).get(0);
        List<TestClient> chain = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            TestClient client = fixture.waiting();
            client.whenGranted = () -> client.release(fixture.pool);
            chain.add(client);
        }

        holder.release(fixture.pool);

        assertTrue(chain.stream().allMatch(client -> client.answers == 1));
        assertEquals(1, fixture.pool.counts().idle());
    }

    @Test
    void lease_againInACallback_queuesBehindThoseWhoWait() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient holder = fixture.holders(1).get(0);
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();
        first.whenGranted = () -> {
            first.whenGranted = () -> {};
            first.release(fixture.pool);
            assertFalse(first.lease(fixture.pool));
        };

        holder.release(fixture.pool);

        assertEquals(1, second.answers);
        assertTrue(first.waiter.waiting());
        second.release(fixture.pool);
        assertEquals(2, first.answers);
    }

    @Test
    void withdraw_whileWaiting_passesTheTurnOn() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient holder = fixture.holders(1).get(0);
        TestClient gone = fixture.waiting();
        TestClient next = fixture.waiting();

        fixture.pool.withdraw(gone.waiter);
        holder.release(fixture.pool);

        assertEquals(0, gone.answers);
        assertEquals(1, next.answers);
    }

    @Test
    void withdraw_whenNotWaiting_isHarmless() {
        PoolFixture fixture = new PoolFixture();

        fixture.pool.withdraw(new TestClient().waiter);

        assertEquals(0, fixture.pool.counts().waiting());
    }

    @Test
    void discard_ofLeased_opensAnotherForWhoWaits() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient holder = fixture.holders(1).get(0);
        TestClient waiting = fixture.waiting();

        fixture.pool.discard(holder.slot(), CloseReason.NOT_CLEAN);
        assertEquals(List.of(CloseReason.NOT_CLEAN), fixture.connector.closeReasons);
        fixture.connectAll();

        assertEquals("server 2", waiting.slot().server());
    }

    @Test
    void discard_ofWhatTheServerClosed_doesNotCloseAgain() {
        PoolFixture fixture = new PoolFixture();
        TestClient holder = fixture.holders(1).get(0);

        fixture.pool.discard(holder.slot(), CloseReason.SERVER_CLOSED);
        fixture.pool.discard(holder.slot(), CloseReason.NOT_CLEAN);
        fixture.pool.release(holder.slot());

        assertTrue(fixture.connector.closed.isEmpty());
        assertEquals(0, fixture.pool.counts().servers());
        assertEquals(1, fixture.pool.totals().closes(CloseReason.SERVER_CLOSED));
    }

    @Test
    void discardAtRelease_ofLeased_closesItThen() {
        PoolFixture fixture = new PoolFixture();
        TestClient holder = fixture.holders(1).get(0);

        fixture.pool.discardAtRelease(holder.slot(), CloseReason.FENCED);
        assertTrue(fixture.connector.closed.isEmpty());
        holder.release(fixture.pool);

        assertEquals(List.of(CloseReason.FENCED), fixture.connector.closeReasons);
    }

    // --- startup parameters ---

    @Test
    void lease_withEqualStartupAmongIdle_prefersIt() {
        PoolFixture fixture = new PoolFixture();
        TestClient utc = new TestClient("utc", false, 0);
        TestClient cet = new TestClient("cet", false, 0);
        utc.lease(fixture.pool);
        cet.lease(fixture.pool);
        fixture.connectAll();
        utc.release(fixture.pool);
        cet.release(fixture.pool);

        TestClient other = new TestClient("utc", false, 0);
        other.lease(fixture.pool);

        assertEquals("utc", other.slot().startup());
    }

    @Test
    void lease_ofExactStartupWithRoom_opensItsOwn() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);

        TestClient exact = new TestClient("replication", true, 0);
        assertFalse(exact.lease(fixture.pool));
        fixture.connectAll();

        assertEquals("replication", exact.slot().startup());
        assertTrue(fixture.connector.closed.isEmpty());
    }

    @Test
    void lease_ofExactStartupWhenFull_takesThePlaceOfAnIdleOne() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.idleServers(1);

        TestClient exact = new TestClient("replication", true, 0);
        assertFalse(exact.lease(fixture.pool));
        assertEquals(List.of(CloseReason.EVICTED), fixture.connector.closeReasons);
        fixture.connectAll();

        assertEquals("replication", exact.slot().startup());
    }

    @Test
    void lease_behindAnExactWaiterProvidedFor_getsTheIdleServerItCannotUse() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);
        TestClient exact = new TestClient("replication", true, 0);
        exact.lease(fixture.pool);

        TestClient plain = fixture.waiting();
        fixture.loop.run();

        assertEquals("plain", plain.slot().startup());
        assertTrue(exact.waiter.waiting());
    }

    @Test
    void release_whenFullAndExactWaiterIsFirst_makesRoomForIt() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient holder = fixture.holders(1).get(0);
        TestClient exact = new TestClient("replication", true, 0);
        exact.lease(fixture.pool);
        TestClient plain = fixture.waiting();

        holder.release(fixture.pool);
        fixture.connectAll();

        assertEquals("replication", exact.slot().startup());
        assertTrue(plain.waiter.waiting());
    }

    // --- reset and check ---

    @Test
    void release_withReset_grantsAfterIt() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.resetOnRelease = true;
            settings.maxSize = 1;
        });
        TestClient holder = fixture.holders(1).get(0);
        TestClient waiting = fixture.waiting();

        holder.release(fixture.pool);
        assertEquals(0, waiting.answers);
        assertEquals(1, fixture.pool.counts().tested());
        fixture.pool.prepared(fixture.connector.resetting.get(0));

        assertEquals(1, waiting.answers);
    }

    @Test
    void lease_ofServerIdleTooLong_checksItFirst() {
        PoolFixture fixture = new PoolFixture(settings -> settings.checkBeforeLease = true);
        fixture.idleServers(1);
        fixture.loop.advance(Duration.ofSeconds(31));

        TestClient client = fixture.waiting();
        assertEquals(1, fixture.connector.checking.size());
        fixture.pool.prepared(fixture.connector.checking.get(0));

        assertEquals("server 1", client.slot().server());
        assertEquals(1, fixture.pool.totals().opens());
    }

    @Test
    void lease_whenCheckFails_opensAnother() {
        PoolFixture fixture = new PoolFixture(settings -> settings.checkBeforeLease = true);
        fixture.idleServers(1);
        fixture.loop.advance(Duration.ofSeconds(31));
        TestClient client = fixture.waiting();

        fixture.pool.discard(fixture.connector.checking.get(0), CloseReason.CHECK_FAILED);
        fixture.connectAll();

        assertEquals("server 2", client.slot().server());
    }

    @Test
    void lease_withCheckDelayOfZero_alwaysChecks() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.checkBeforeLease = true;
            settings.serverCheckDelay = Duration.ZERO;
        });
        fixture.idleServers(1);

        TestClient client = fixture.waiting();
        fixture.pool.prepared(fixture.connector.checking.get(0));

        assertEquals(1, client.answers);
    }

    @Test
    void tick_whenResetHangs_closesTheServer() {
        PoolFixture fixture = new PoolFixture(settings -> settings.resetOnRelease = true);
        fixture.holders(1).get(0).release(fixture.pool);

        fixture.loop.advance(Duration.ofSeconds(15));
        fixture.pool.tick();

        assertEquals(List.of(CloseReason.PREPARE_TIMEOUT), fixture.connector.closeReasons);
    }

    // --- views ---

    @Test
    void counts_ofABusyPool_tellWhoIsWhere() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 3);
        fixture.holders(2).get(0).release(fixture.pool);
        fixture.holders(2);
        fixture.waiting();
        fixture.loop.advance(Duration.ofMillis(3));

        assertEquals(new PoolCounts(1, 3, 0, 0, 0, 3_000_000), fixture.pool.counts());
        assertEquals(4, fixture.pool.leasesGranted());
    }

    @Test
    void forEachWaiter_visitsInOrder() {
        PoolFixture fixture = new PoolFixture();
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();
        List<Waiter<String>> seen = new ArrayList<>();

        fixture.pool.forEachWaiter(seen::add);

        assertEquals(List.of(first.waiter, second.waiter), seen);
    }

    @Test
    void forEachSlot_visitorMayDiscard() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);
        fixture.holders(2);

        fixture.pool.forEachSlot(slot -> fixture.pool.discard(slot, CloseReason.FENCED));

        assertEquals(0, fixture.pool.counts().servers());
    }

    @Test
    void waitTime_ofGrantedClient_isCounted() {
        PoolFixture fixture = new PoolFixture();
        TestClient client = fixture.waiting();
        fixture.loop.advance(Duration.ofMillis(5));
        fixture.connectAll();

        assertNotSame(null, client.slot);
        assertEquals(5_000_000, fixture.pool.waitNanosTotal());
        assertNull(client.refusal);
    }
}
