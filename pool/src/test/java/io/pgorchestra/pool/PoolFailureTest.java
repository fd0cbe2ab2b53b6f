package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolFailureTest {

    @Test
    void connectFailed_whenUnreachable_waitersWaitAndItIsTriedAgainAfterLoginRetry() {
        PoolFixture fixture = new PoolFixture();
        TestClient client = fixture.waiting();

        fixture.pool.connectFailed(fixture.connector.opening.remove(0), "no route");
        fixture.loop.advance(Duration.ofMillis(14_999));
        fixture.pool.tick();
        assertEquals(0, fixture.connector.opening.size());
        fixture.loop.advance(Duration.ofMillis(1));
        fixture.pool.tick();
        fixture.connectAll();

        assertEquals("server 2", client.slot().server());
        assertEquals(1, client.answers);
    }

    @Test
    void tick_afterFailure_triesOneServerAtATime() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 5);
        for (int i = 0; i < 5; i++) {
            fixture.waiting();
        }
        List.copyOf(fixture.connector.opening).forEach(slot -> fixture.pool.connectFailed(slot, "no route"));
        fixture.connector.opening.clear();

        fixture.loop.advance(Duration.ofSeconds(15));
        fixture.pool.tick();
        assertEquals(1, fixture.connector.opening.size());
        fixture.connectNext();

        assertEquals(4, fixture.connector.opening.size());
    }

    @Test
    void loginFailed_withoutAnyServer_refusesAllWithTheCause() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();

        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "28P01");

        assertEquals(RefusalReason.LOGIN_FAILED, first.refusal);
        assertEquals("28P01", second.cause);
        assertEquals(1, second.answers);
    }

    @Test
    void lease_withinLoginRetryOfARefusal_isRefusedWithTheSameCause() {
        PoolFixture fixture = new PoolFixture();
        fixture.waiting();
        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "28P01");
        fixture.loop.advance(Duration.ofSeconds(14));

        TestClient late = fixture.waiting();
        fixture.loop.run();

        assertEquals("28P01", late.cause);
        assertTrue(fixture.connector.opening.isEmpty());
    }

    @Test
    void lease_afterLoginRetry_triesAgain() {
        PoolFixture fixture = new PoolFixture();
        fixture.waiting();
        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "28P01");
        fixture.loop.advance(Duration.ofSeconds(15));

        TestClient late = fixture.waiting();
        fixture.loop.run();
        fixture.connectAll();

        assertEquals(1, late.answers);
        assertEquals("server 2", late.slot().server());
    }

    @Test
    void loginFailed_withAnotherServerAlive_leavesWaitersToIt() {
        PoolFixture fixture = new PoolFixture();
        TestClient holder = fixture.holders(1).get(0);
        TestClient waiting = fixture.waiting();

        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "53300");
        assertEquals(0, waiting.answers);
        holder.release(fixture.pool);

        assertEquals("server 1", waiting.slot().server());
    }

    @Test
    void loginFailed_thenLastServerDies_refusesWhoWaits() {
        PoolFixture fixture = new PoolFixture();
        TestClient holder = fixture.holders(1).get(0);
        TestClient waiting = fixture.waiting();
        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "3D000");

        fixture.pool.discard(holder.slot(), CloseReason.SERVER_CLOSED);

        assertEquals("3D000", waiting.cause);
    }

    @Test
    void refused_clientThatLeasesAgainAtOnce_isNotRefusedForEver() {
        PoolFixture fixture = new PoolFixture();
        TestClient client = fixture.waiting();
        client.whenRefused = () -> client.lease(fixture.pool);

        fixture.pool.loginFailed(fixture.connector.opening.remove(0), "28P01");

        assertTrue(client.waiter.waiting());
        assertTrue(client.answers < 3);
    }

    @Test
    void startupRefused_concernsOnlyThoseStartedAlike() {
        PoolFixture fixture = new PoolFixture();
        TestClient wrong = new TestClient("options=-c nonsense=1", false, 0);
        wrong.lease(fixture.pool);
        TestClient right = fixture.waiting();

        fixture.pool.startupRefused(fixture.connector.opening.remove(0), "42704");
        fixture.connectAll();

        assertEquals(RefusalReason.STARTUP_REFUSED, wrong.refusal);
        assertEquals(1, right.answers);
        assertEquals("plain", right.slot().startup());
    }

    @Test
    void tick_whenLoginTakesTooLong_closesAndTriesLater() {
        PoolFixture fixture = new PoolFixture();
        TestClient client = fixture.waiting();
        Slot<String> slow = fixture.connector.opening.remove(0);

        fixture.loop.advance(Duration.ofSeconds(15));
        fixture.pool.tick();
        assertEquals(List.of(CloseReason.CONNECT_TIMEOUT), fixture.connector.closeReasons);
        fixture.pool.connected(slow, "too late");
        assertEquals(List.of(slow, slow), fixture.connector.closed);
        fixture.loop.advance(Duration.ofSeconds(15));
        fixture.pool.tick();
        fixture.connectAll();

        assertEquals("server 2", client.slot().server());
    }

    @Test
    void connectFailed_withinOpen_isUnderstood() {
        PoolFixture fixture = new PoolFixture();
        fixture.connector.whenOpening = slot -> fixture.pool.loginFailed(slot, "at once");
        TestClient client = new TestClient();

        client.lease(fixture.pool);
        assertEquals(0, client.answers);
        fixture.loop.run();

        assertEquals("at once", client.cause);
    }
}
