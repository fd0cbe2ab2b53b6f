package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ProcessUsageTest {

    private static final String STAT = "(pgbouncer) S 1 17294 2458 0 -1 4194560 540 0 2 0 177 1212 3 4 20 0 1 0 368885"
            + " 9818112 1288 18446744073709551615 94376394809344 94376395057017 140729987363008 0 0 0 4096 0 27143 1\n";

    private static final String ROLLUP = """
            55d8b40d8000-7fff0a172000 ---p 00000000 00:00 0                          [rollup]
            Rss:               42004 kB
            Pss:               38104 kB
            Pss_Dirty:         36304 kB
            """;

    @Test
    void cpuSeconds_stat_sumsUserSystemAndEndedChildren() {
        assertEquals(13.96, ProcessUsage.cpuSeconds("17297 " + STAT), 1e-9);
    }

    @Test
    void cpuSeconds_commandWithBlanksAndParentheses_findsTheFields() {
        assertEquals(13.96, ProcessUsage.cpuSeconds("17297 " + STAT.replace("pgbouncer", "a (b) c) 1 2")), 1e-9);
    }

    @Test
    void cpuSeconds_processThatEnded_isNothing() {
        assertEquals(0, ProcessUsage.cpuSeconds(""));
    }

    @Test
    void cpuSeconds_otherText_throws() {
        assertThrows(BenchException.class, () -> ProcessUsage.cpuSeconds("17297 (x) S 1 2 3"));
    }

    @Test
    void kilobytes_rollup_readsTheLineOfThatName() {
        assertEquals(38_104, ProcessUsage.kilobytes(ROLLUP, "Pss"));
        assertEquals(42_004, ProcessUsage.kilobytes(ROLLUP, "Rss"));
    }

    @Test
    void kilobytes_nameMissing_throws() {
        assertThrows(BenchException.class, () -> ProcessUsage.kilobytes(ROLLUP, "Swap"));
    }
}
