package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.standby.Consistency;
import io.pgorchestra.proxy.standby.ReadMode;
import io.pgorchestra.proxy.standby.ReadsFallback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** All four timeouts, at 10, 20, 30 and 40. */
class SessionTimesTest {

    private static final SessionSettings SETTINGS = new SessionSettings(
            PoolMode.TRANSACTION, 0, 40, 30, 20, 10, ReadMode.PRIMARY, Consistency.SESSION, ReadsFallback.PRIMARY);
    private static final SessionSettings NO_LIMITS = new SessionSettings(
            PoolMode.TRANSACTION, 0, 0, 0, 0, 0, ReadMode.PRIMARY, Consistency.SESSION, ReadsFallback.PRIMARY);

    private final SessionTimes times = new SessionTimes(0);

    private static void assertOver(ClientCloseReason expected, @Nullable Failure failure) {
        assertNotNull(failure);
        assertEquals(expected, failure.reason());
    }

    @Test
    void query_countsFromTheFirstRequestInFlight_andFromEachAnswer() {
        times.leaseBegins(100);
        times.requestBegins(100);
        assertNull(times.overdue(SETTINGS, 110, true, false, false));
        assertOver(ClientCloseReason.QUERY_TIMEOUT, times.overdue(SETTINGS, 111, true, false, false));

        assertEquals(11, times.requestEnds(111));

        assertNull(times.overdue(SETTINGS, 120, true, false, false));
    }

    @Test
    void transaction_countsFromTheLease_thoughQueriesAreShort() {
        times.leaseBegins(100);
        times.requestBegins(115);

        assertNull(times.overdue(SETTINGS, 120, true, true, false));
        assertOver(ClientCloseReason.TRANSACTION_TIMEOUT, times.overdue(SETTINGS, 121, true, true, false));
        assertOver(ClientCloseReason.TRANSACTION_TIMEOUT, times.overdue(SETTINGS, 121, false, true, false));
        assertEquals(21, times.transactionEnds(121));
        assertNull(times.overdue(SETTINGS, 125, true, true, false));
    }

    @Test
    void idleInTransaction_countsFromTheLastWord_ofEitherSide() {
        times.touched();
        times.tick(100);
        times.leaseBegins(115);
        times.requestBegins(120);

        assertNull(times.overdue(withoutTransactionLimit(), 150, false, true, false));
        assertOver(
                ClientCloseReason.IDLE_TRANSACTION_TIMEOUT,
                times.overdue(withoutTransactionLimit(), 151, false, true, false));
    }

    @Test
    void messageThatIsNotEnded_isWaitedForAsIdleInTransaction() {
        times.tick(100);

        assertOver(
                ClientCloseReason.IDLE_TRANSACTION_TIMEOUT,
                times.overdue(withoutTransactionLimit(), 131, false, false, true));
    }

    @Test
    void idleClient_countsFromItsLastWord() {
        times.tick(100);
        times.tick(120);

        assertNull(times.overdueIdle(SETTINGS, 140));
        assertOver(ClientCloseReason.IDLE_TIMEOUT, times.overdueIdle(SETTINGS, 141));
        assertOver(ClientCloseReason.IDLE_TIMEOUT, times.overdue(SETTINGS, 141, false, false, false));
        times.touched();
        times.tick(141);
        assertNull(times.overdueIdle(SETTINGS, 150));
    }

    @Test
    void zero_isNoLimit() {
        times.leaseBegins(0);
        times.requestBegins(0);

        assertNull(times.overdue(NO_LIMITS, Long.MAX_VALUE, true, true, true));
        assertNull(times.overdueIdle(NO_LIMITS, Long.MAX_VALUE));
    }

    private static SessionSettings withoutTransactionLimit() {
        return new SessionSettings(
                PoolMode.TRANSACTION, 0, 40, 30, 0, 10, ReadMode.PRIMARY, Consistency.SESSION, ReadsFallback.PRIMARY);
    }
}
