package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolGateTest {

    @Test
    void lease_behindShutGate_waitsThoughAServerIsIdle() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);
        fixture.openGate(false);

        TestClient client = fixture.waiting();

        assertEquals(0, client.answers);
        assertEquals(1, fixture.pool.counts().idle());
        assertEquals(0, fixture.connector.opening.size());
    }

    @Test
    void gateChanged_whenOpen_servesThoseWhoWaitInOrder() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.idleServers(1);
        fixture.openGate(false);
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();

        fixture.openGate(true);

        assertEquals(1, first.answers);
        assertEquals(0, second.answers);
        first.release(fixture.pool);
        assertEquals(1, second.answers);
    }

    @Test
    void lease_whenGateShutsUnnoticed_isNotGranted() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);
        fixture.gateOpen = false;

        assertNull(new TestClient().lease(fixture.pool) ? "granted" : null);
    }

    @Test
    void tick_behindShutGate_refusesAfterHoldTimeoutAndNotAfterQueryWaitTimeout() {
        PoolFixture fixture = new PoolFixture(settings -> settings.queryWaitTimeout = Duration.ofSeconds(1));
        fixture.openGate(false);
        TestClient client = fixture.waiting();

        fixture.loop.advance(Duration.ofSeconds(59));
        fixture.pool.tick();
        assertEquals(0, client.answers);
        fixture.loop.advance(Duration.ofSeconds(1));
        fixture.pool.tick();

        assertEquals(RefusalReason.HELD_TOO_LONG, client.refusal);
    }

    /** The primary is dead, and no standby may take over: the gate stays open, for nobody has raised the epoch. */
    @Test
    void tick_whenNobodyAnswersBehindAnOpenGateThatMayMove_refusesAfterHoldTimeout() {
        PoolFixture fixture = new PoolFixture(settings -> settings.queryWaitTimeout = Duration.ofHours(1));
        fixture.gateMayMove = true;
        fixture.pool.tick();
        TestClient client = fixture.waiting();
        fixture.pool.connectFailed(fixture.connector.opening.remove(0), "refused");

        fixture.loop.advance(Duration.ofSeconds(59));
        fixture.pool.tick();
        assertEquals(0, client.answers);
        fixture.loop.advance(Duration.ofSeconds(1));
        fixture.pool.tick();

        assertEquals(RefusalReason.HELD_TOO_LONG, client.refusal);
    }

    @Test
    void tick_whenGateShutLate_countsTheHoldFromThen() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.holders(1);
        TestClient client = fixture.waiting();
        fixture.loop.advance(Duration.ofSeconds(50));
        fixture.pool.tick();
        fixture.openGate(false);

        fixture.loop.advance(Duration.ofSeconds(50));
        fixture.pool.tick();

        assertEquals(0, client.answers);
    }

    @Test
    void release_behindShutGate_keepsTheServer() {
        PoolFixture fixture = new PoolFixture();
        TestClient holder = fixture.holders(1).get(0);
        fixture.openGate(false);

        holder.release(fixture.pool);

        assertEquals(1, fixture.pool.counts().idle());
    }

    @Test
    void gateChanged_afterAFailedConnect_triesAtOnce() {
        PoolFixture fixture = new PoolFixture();
        fixture.waiting();
        fixture.pool.connectFailed(fixture.connector.opening.remove(0), "refused");
        assertEquals(0, fixture.connector.opening.size());

        fixture.openGate(true);

        assertEquals(1, fixture.connector.opening.size());
    }
}
