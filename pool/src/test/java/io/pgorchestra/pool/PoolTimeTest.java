package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolTimeTest {

    private static void tickAfter(PoolFixture fixture, Duration time) {
        fixture.loop.advance(time);
        fixture.pool.tick();
    }

    @Test
    void tick_afterQueryWaitTimeout_refuses() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.holders(1);
        TestClient client = fixture.waiting();

        tickAfter(fixture, Duration.ofMillis(119_999));
        assertEquals(0, client.answers);
        tickAfter(fixture, Duration.ofMillis(1));

        assertEquals(RefusalReason.QUERY_WAIT_TIMEOUT, client.refusal);
        assertEquals(0, fixture.pool.counts().waiting());
    }

    @Test
    void tick_withTimeoutOfTheWaiter_followsThatInstead() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.holders(1);
        TestClient patient = new TestClient("plain", false, 0);
        TestClient hasty = new TestClient("plain", false, Duration.ofSeconds(1).toNanos());
        patient.lease(fixture.pool);
        hasty.lease(fixture.pool);

        tickAfter(fixture, Duration.ofSeconds(1));
        tickAfter(fixture, Duration.ofDays(1));

        assertEquals(RefusalReason.QUERY_WAIT_TIMEOUT, hasty.refusal);
        assertTrue(patient.waiter.waiting());
    }

    @Test
    void tick_whenARefusedClientTakesAnotherAlong_refusesTheRest() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.holders(1);
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();
        TestClient third = fixture.waiting();
        first.whenRefused = () -> fixture.pool.withdraw(second.waiter);

        tickAfter(fixture, Duration.ofMinutes(2));

        assertEquals(List.of(1, 0, 1), List.of(first.answers, second.answers, third.answers));
    }

    @Test
    void tick_whenUnreachable_handsTheCauseToWhoWaitedTooLong() {
        PoolFixture fixture = new PoolFixture();
        TestClient client = fixture.waiting();
        fixture.pool.connectFailed(fixture.connector.opening.remove(0), "no route");

        tickAfter(fixture, Duration.ofMinutes(2));

        assertEquals("no route", client.cause);
    }

    @Test
    void tick_afterServerIdleTimeout_closesDownToTheMinimum() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.maxSize = 3;
            settings.minSize = 1;
        });
        fixture.idleServers(3);

        tickAfter(fixture, Duration.ofMinutes(10));

        assertEquals(List.of(CloseReason.IDLE_TIMEOUT, CloseReason.IDLE_TIMEOUT), fixture.connector.closeReasons);
        assertEquals(1, fixture.pool.counts().idle());
    }

    @Test
    void tick_asLifetimesEnd_spreadsThemOverATenth() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.maxSize = 50;
            settings.serverIdleTimeout = Duration.ZERO;
        });
        fixture.idleServers(50);

        tickAfter(fixture, Duration.ofMinutes(54).minusNanos(1));
        assertEquals(50, fixture.pool.counts().idle());
        tickAfter(fixture, Duration.ofMinutes(3));
        int midway = fixture.pool.counts().idle();
        tickAfter(fixture, Duration.ofMinutes(3));

        assertTrue(midway > 10 && midway < 40, "midway: " + midway);
        assertEquals(50, fixture.pool.totals().closes(CloseReason.LIFETIME_OVER));
    }

    @Test
    void release_afterLifetime_closesAndOpensForWhoWaits() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient holder = fixture.holders(1).get(0);
        tickAfter(fixture, Duration.ofHours(1));
        TestClient waiting = fixture.waiting();
        assertTrue(fixture.connector.closed.isEmpty());

        holder.release(fixture.pool);
        fixture.connectAll();

        assertEquals(List.of(CloseReason.LIFETIME_OVER), fixture.connector.closeReasons);
        assertEquals("server 2", waiting.slot().server());
    }

    @Test
    void release_withLifetimeOfZero_closesAfterTheFirstLease() {
        PoolFixture fixture = new PoolFixture(settings -> settings.serverLifetime = Duration.ZERO);
        TestClient holder = fixture.holders(1).get(0);

        holder.release(fixture.pool);

        assertEquals(List.of(CloseReason.LIFETIME_OVER), fixture.connector.closeReasons);
    }

    @Test
    void tick_onceUsed_fillsUpToTheMinimum() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.maxSize = 5;
            settings.minSize = 3;
        });
        fixture.pool.tick();
        assertEquals(0, fixture.pool.totals().opens());
        fixture.idleServers(1);

        fixture.pool.tick();
        fixture.connectAll();

        assertEquals(3, fixture.pool.counts().idle());
    }

    @Test
    void tick_afterReserveTimeout_opensFromTheReserve() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.maxSize = 1;
            settings.reserveSize = 1;
        });
        fixture.holders(1);
        TestClient first = fixture.waiting();
        TestClient second = fixture.waiting();

        tickAfter(fixture, Duration.ofMillis(4_999));
        assertTrue(fixture.connector.opening.isEmpty());
        tickAfter(fixture, Duration.ofMillis(1));
        fixture.connectAll();

        assertEquals(1, first.answers);
        assertEquals(0, second.answers);
    }

    @Test
    void tick_withReserveTimeoutOfZero_neverUsesTheReserve() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.maxSize = 1;
            settings.reserveSize = 1;
            settings.reserveTimeout = Duration.ZERO;
        });
        fixture.holders(1);
        fixture.waiting();

        tickAfter(fixture, Duration.ofMinutes(1));

        assertTrue(fixture.connector.opening.isEmpty());
    }

    @Test
    void tick_withLoginRetryOfZero_stillPausesBetweenAttempts() {
        PoolFixture fixture = new PoolFixture(settings -> settings.serverLoginRetry = Duration.ZERO);
        fixture.waiting();
        fixture.pool.connectFailed(fixture.connector.opening.remove(0), "no route");

        tickAfter(fixture, Duration.ofMillis(99));
        assertTrue(fixture.connector.opening.isEmpty());
        tickAfter(fixture, Duration.ofMillis(1));

        assertEquals(1, fixture.connector.opening.size());
    }
}
