package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolOperatorTest {

    @Test
    void apply_withSmallerPool_closesIdleNowAndLeasedAtRelease() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 4);
        List<TestClient> holders = fixture.holders(4);
        holders.get(3).release(fixture.pool);

        fixture.change(settings -> settings.maxSize = 1);
        assertEquals(3, fixture.pool.counts().servers());
        TestClient waiting = fixture.waiting();
        holders.get(0).release(fixture.pool);
        holders.get(1).release(fixture.pool);
        assertEquals(0, waiting.answers);
        holders.get(2).release(fixture.pool);

        assertEquals(1, waiting.answers);
        assertEquals(3, fixture.pool.totals().closes(CloseReason.POOL_SHRUNK));
    }

    @Test
    void apply_withLargerPool_servesWhoWaitsAtOnce() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        fixture.holders(1);
        TestClient waiting = fixture.waiting();

        fixture.change(settings -> settings.maxSize = 2);
        fixture.connectAll();

        assertEquals(1, waiting.answers);
    }

    @Test
    void apply_withSmallerPool_keepsServersOfTheReserve() {
        PoolFixture fixture = new PoolFixture(settings -> {
            settings.maxSize = 1;
            settings.reserveSize = 1;
        });
        fixture.holders(1);
        TestClient waiting = fixture.waiting();
        fixture.loop.advance(fixture.settings.reserveTimeout);
        fixture.pool.tick();
        fixture.connectAll();

        fixture.change(settings -> settings.resetOnRelease = false);
        waiting.release(fixture.pool);

        assertEquals(2, fixture.pool.counts().servers());
    }

    @Test
    void pause_waitsForLeasedServersAndTells() {
        PoolFixture fixture = new PoolFixture();
        List<TestClient> holders = fixture.holders(2);
        holders.get(0).release(fixture.pool);
        List<Boolean> told = new ArrayList<>();

        fixture.pool.pause();
        fixture.pool.onPaused(() -> told.add(fixture.pool.pauseComplete()));
        assertEquals(1, fixture.pool.counts().servers());
        assertTrue(told.isEmpty());
        holders.get(1).release(fixture.pool);

        assertEquals(List.of(true), told);
        assertEquals(List.of(CloseReason.PAUSED, CloseReason.PAUSED), fixture.connector.closeReasons);
    }

    @Test
    void resume_servesWhoWaited() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(1);
        fixture.pool.pause();
        TestClient waiting = fixture.waiting();
        fixture.pool.tick();
        assertTrue(fixture.connector.opening.isEmpty());

        fixture.pool.resume();
        fixture.connectAll();

        assertFalse(fixture.pool.paused());
        assertEquals(1, waiting.answers);
    }

    @Test
    void resume_beforePauseIsComplete_tellsThatItIsNot() {
        PoolFixture fixture = new PoolFixture();
        fixture.holders(1);
        fixture.pool.pause();
        List<Boolean> told = new ArrayList<>();
        fixture.pool.onPaused(() -> told.add(fixture.pool.pauseComplete()));

        fixture.pool.resume();

        assertEquals(List.of(false), told);
    }

    @Test
    void pause_whileResetting_closesThatToo() {
        PoolFixture fixture = new PoolFixture();
        TestClient holder = fixture.holders(1).get(0);
        fixture.pool.apply(resetting(fixture));
        holder.release(fixture.pool);

        fixture.pool.pause();

        assertTrue(fixture.pool.pauseComplete());
    }

    private static PoolSettings resetting(PoolFixture fixture) {
        fixture.settings.resetOnRelease = true;
        return fixture.settings.build();
    }

    @Test
    void reconnect_closesIdleNowLeasedAtReleaseAndReopensWhatWasConnecting() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 3);
        List<TestClient> holders = fixture.holders(2);
        TestClient waiting = fixture.waiting();
        fixture.connector.opening.clear();

        fixture.pool.reconnect();
        assertEquals(List.of(CloseReason.RECONNECT), fixture.connector.closeReasons);
        fixture.connectAll();
        holders.get(0).release(fixture.pool);

        assertEquals("server 4", waiting.slot().server());
        assertEquals(2, fixture.pool.totals().closes(CloseReason.RECONNECT));
    }

    @Test
    void reconnect_afterFailure_triesAtOnce() {
        PoolFixture fixture = new PoolFixture();
        TestClient waiting = fixture.waiting();
        fixture.pool.connectFailed(fixture.connector.opening.remove(0), "no route");

        fixture.pool.reconnect();
        fixture.connectAll();

        assertEquals(1, waiting.answers);
    }

    @Test
    void kill_closesAllRefusesAllAndGoesOn() {
        PoolFixture fixture = new PoolFixture();
        fixture.holders(2);
        TestClient waiting = fixture.waiting();

        fixture.pool.kill(CloseReason.KILLED);
        assertEquals(RefusalReason.KILLED, waiting.refusal);
        assertEquals(0, fixture.pool.counts().servers());

        assertEquals(2, fixture.holders(2).size());
    }

    @Test
    void retire_refusesWhoeverStillComes() {
        PoolFixture fixture = new PoolFixture();
        TestClient waiting = fixture.waiting();

        fixture.pool.retire(CloseReason.SHUTDOWN);
        TestClient late = fixture.waiting();
        fixture.loop.run();

        assertEquals(RefusalReason.RETIRED, waiting.refusal);
        assertEquals(RefusalReason.RETIRED, late.refusal);
    }
}
