package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PgbenchResultTest {

    private static final String GOOD = """
            pgbench (15.18 (Debian 15.18-0+deb12u1))
            transaction type: <builtin: select only>
            scaling factor: 20
            query mode: simple
            number of clients: 4
            number of threads: 2
            maximum number of tries: 1
            duration: 2 s
            number of transactions actually processed: 980
            number of failed transactions: 0 (0.000%)
            latency average = 0.666 ms
            latency stddev = 0.820 ms
            rate limit schedule lag: avg 0.188 (max 6.672) ms
            initial connection time = 3.745 ms
            tps = 491.476642 (without initial connection time)
            """;

    private static final String CONNECTS = """
            number of transactions actually processed: 3580
            number of failed transactions: 0 (0.000%)
            latency average = 8.947 ms
            average connection time = 0.513 ms
            tps = 1788.281462 (including reconnection times)
            """;

    private static final String FAILED = """
            number of transactions actually processed: 55
            number of failed transactions: 162 (74.654%)
            latency average = 17.169 ms (including failures)
            initial connection time = 77.673 ms
            tps = 59.051081 (without initial connection time)
            """;

    private static final String ABORTED = """
            pgbench: error: client 0 script 0 aborted in command 0 query 0: ERROR:  division by zero
            number of transactions actually processed: 12
            number of failed transactions: 0 (0.000%)
            tps = 167.841558 (without initial connection time)
            pgbench: error: Run was aborted; the above results are incomplete.
            """;

    @Test
    void parse_goodRun_givesCountAndRate() {
        assertEquals(new PgbenchResult(980, 491.476642), PgbenchResult.parse(GOOD));
    }

    @Test
    void parse_runWithReconnects_givesRateWithConnects() {
        assertEquals(new PgbenchResult(3580, 1788.281462), PgbenchResult.parse(CONNECTS));
    }

    @Test
    void parse_failedTransactions_throws() {
        BenchException e = assertThrows(BenchException.class, () -> PgbenchResult.parse(FAILED));
        assertTrue(String.valueOf(e.getMessage()).contains("162 failed"), e.toString());
    }

    @Test
    void parse_abortedClient_throwsItsError() {
        BenchException e = assertThrows(BenchException.class, () -> PgbenchResult.parse(ABORTED));
        assertTrue(String.valueOf(e.getMessage()).contains("division by zero"), e.toString());
    }

    @Test
    void parse_noTransactions_throws() {
        String none = GOOD.replace("processed: 980", "processed: 0");
        assertThrows(BenchException.class, () -> PgbenchResult.parse(none));
    }

    @Test
    void parse_otherText_throws() {
        assertThrows(BenchException.class, () -> PgbenchResult.parse("sh: pgbench: not found"));
    }
}
