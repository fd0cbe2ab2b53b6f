package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerBudgetTest {

    private final ServerBudget budget = new ServerBudget();
    private final SimulatedLoop loop = new SimulatedLoop();

    private PoolFixture pool(String database, String user) {
        return new PoolFixture(new PoolKey(database, user), budget, loop, settings -> settings.maxSize = 5);
    }

    @Test
    void open_atMaxDbConnections_waitsForAPermitOfAnotherPool() {
        budget.limitDatabase("app", 2);
        PoolFixture busy = pool("app", "web");
        PoolFixture starved = pool("app", "batch");
        List<TestClient> holders = busy.holders(2);
        TestClient waiting = starved.waiting();
        loop.run();
        assertEquals(0, starved.pool.totals().opens());

        holders.get(0).release(busy.pool);
        loop.run();
        starved.connectAll();

        assertEquals(List.of(CloseReason.EVICTED), busy.connector.closeReasons);
        assertEquals(1, waiting.answers);
        assertEquals(2, budget.databaseConnections("app"));
    }

    @Test
    void open_whileAnotherPoolIsIdle_makesItYield() {
        budget.limitUser("web", 1);
        PoolFixture idle = pool("app", "web");
        PoolFixture starved = pool("shop", "web");
        idle.idleServers(1);

        TestClient waiting = starved.waiting();
        loop.run();
        starved.connectAll();

        assertEquals(1, waiting.answers);
        assertEquals(0, idle.pool.counts().servers());
        assertEquals(1, budget.userConnections("web"));
    }

    @Test
    void release_whileAnotherPoolHasNoServerAtAll_leavesItOne() {
        budget.limitDatabase("app", 2);
        PoolFixture busy = pool("app", "web");
        List<TestClient> holders = busy.holders(2);
        busy.waiting();
        busy.waiting();
        PoolFixture starved = pool("app", "batch");
        TestClient waiting = starved.waiting();

        holders.get(0).release(busy.pool);
        loop.run();
        starved.connectAll();

        assertEquals(1, waiting.answers);
    }

    @Test
    void release_ofTheOnlyServer_staysWithItsOwnClients() {
        budget.limitDatabase("app", 1);
        PoolFixture busy = pool("app", "web");
        TestClient holder = busy.holders(1).get(0);
        TestClient next = busy.waiting();
        pool("app", "batch").waiting();

        holder.release(busy.pool);

        assertEquals(1, next.answers);
    }

    @Test
    void permit_handedToAPoolThatNoLongerNeedsIt_goesOn() {
        budget.limitDatabase("app", 1);
        PoolFixture busy = pool("app", "web");
        TestClient holder = busy.holders(1).get(0);
        PoolFixture first = pool("app", "batch");
        TestClient gone = first.waiting();
        PoolFixture second = pool("app", "cron");
        TestClient waiting = second.waiting();

        busy.pool.discard(holder.slot(), CloseReason.SERVER_CLOSED);
        first.pool.withdraw(gone.waiter);
        loop.run();
        second.connectAll();

        assertEquals(1, waiting.answers);
        assertEquals(1, budget.databaseConnections("app"));
    }

    @Test
    void limit_raised_wakesWhoIsQueued() {
        budget.limitDatabase("app", 1);
        pool("app", "web").holders(1);
        PoolFixture starved = pool("app", "batch");
        TestClient waiting = starved.waiting();

        budget.limitDatabase("app", 0);
        loop.run();
        starved.connectAll();

        assertEquals(1, waiting.answers);
    }

    @Test
    void limit_lowered_closesIdleAtTheTickAndLeasedAtRelease() {
        PoolFixture fixture = pool("app", "web");
        List<TestClient> holders = fixture.holders(4);
        holders.get(0).release(fixture.pool);

        budget.limitDatabase("app", 2);
        fixture.pool.tick();
        assertEquals(3, budget.databaseConnections("app"));
        holders.get(1).release(fixture.pool);
        holders.get(2).release(fixture.pool);

        assertEquals(2, budget.databaseConnections("app"));
        assertEquals(1, fixture.pool.counts().idle());
    }

    @Test
    void lease_ofExactStartupWithoutPermit_givesUpAnIdleServerOfItsOwn() {
        budget.limitDatabase("app", 1);
        PoolFixture fixture = pool("app", "web");
        fixture.idleServers(1);
        TestClient exact = new TestClient("replication", true, 0);

        exact.lease(fixture.pool);
        loop.run();
        fixture.connectAll();

        assertEquals("replication", exact.slot().startup());
    }

    @Test
    void retire_givesBackAllPermits() {
        budget.limitDatabase("app", 2);
        PoolFixture fixture = pool("app", "web");
        fixture.holders(2);
        fixture.waiting();

        fixture.pool.retire(CloseReason.SHUTDOWN);
        loop.run();

        assertEquals(0, budget.databaseConnections("app"));
        assertEquals(0, budget.userConnections("web"));
    }

    @Test
    void limit_belowZero_isRefusedByName() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> budget.limitDatabase("app", -1));

        assertEquals("max_db_connections: -1 (expected: >= 0)", refused.getMessage());
    }
}
