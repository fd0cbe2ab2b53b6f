package io.pgorchestra.proxy.standby;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LsnClockTest {

    private final LsnClock clock = new LsnClock();

    @Test
    void positionAfter_isThatOfTheFirstLookBegunSince() {
        clock.seen(1, 100, 1000);
        clock.seen(1, 200, 2000);
        clock.seen(1, 300, 3000);

        assertEquals(1000, clock.positionAfter(100));
        assertEquals(2000, clock.positionAfter(101));
        assertEquals(3000, clock.positionAfter(300));
        assertEquals(LsnClock.UNKNOWN, clock.positionAfter(301));
    }

    @Test
    void positionAfter_whatAnEarlierReignWrote_isCoveredByTheNextOnly() {
        clock.seen(1, 100, 1000);
        clock.seen(2, 200, 900);

        assertEquals(900, clock.positionAfter(50));
        assertEquals(LsnClock.UNKNOWN, clock.positionAfter(201));
    }

    @Test
    void lag_isTheAgeOfTheLastPositionReplayed() {
        clock.seen(1, 100, 1000);
        clock.seen(1, 200, 2000);
        clock.seen(1, 300, 2000);

        assertEquals(50, clock.lagNanos(2000, 350));
        assertEquals(250, clock.lagNanos(1999, 350));
        assertEquals(Long.MAX_VALUE, clock.lagNanos(999, 350));
    }

    @Test
    void lag_growsWhileThePrimaryIsAway() {
        clock.seen(1, 100, 1000);

        assertEquals(900, clock.lagNanos(1000, 1000));
    }

    @Test
    void seen_ofAnEarlierReign_isNotHeard() {
        clock.seen(2, 100, 2000);
        clock.seen(1, 200, 1000);

        assertEquals(LsnClock.UNKNOWN, clock.positionAfter(150));
    }

    @Test
    void seen_moreThanItHolds_forgetsTheOldest() {
        for (int i = 0; i < 10_000; i++) {
            clock.seen(1, 100 + i, 1000 + i);
        }

        assertEquals(10_999, clock.positionAfter(10_099));
        assertEquals(Long.MAX_VALUE, clock.lagNanos(1001, 20_000));
        assertEquals(1, clock.lagNanos(10_999, 10_100));
    }
}
