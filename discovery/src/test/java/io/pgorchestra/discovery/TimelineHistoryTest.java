package io.pgorchestra.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {

    @Test
    void parse_aLineForEachAncestor() {
        TimelineHistory history = TimelineHistory.parse(
                11,
                "# made by hand\n\n1\t0/3000148\tno recovery target specified\n\n10\t1F/A0000028\tbefore 2026-11-25\n");

        assertEquals(new TimelineHistory(11, Map.of(1, 0x3000148L, 10, 0x1fa0000028L)), history);
    }

    @Test
    void parse_otherText_namesIt() {
        for (String wrong : new String[] {"1", "1 3000148", "x 0/1", "1 0/123456789"}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> TimelineHistory.parse(2, wrong), wrong);
            assertTrue(
                    wrong.contains(String.valueOf(refused.getMessage()).replaceAll(".*\"(.*)\".*", "$1")),
                    refused.getMessage());
        }
    }

    @Test
    void fileName_isPostgres() {
        assertEquals("0000000B.history", TimelineHistory.fileName(11));
    }

    @Test
    void lsn_isWrittenAsPostgresDoes() {
        assertEquals("1F/A0000028", Lsn.format(0x1fa0000028L));
        assertEquals("0/0", Lsn.format(0));
        assertEquals("FFFFFFFF/FFFFFFFF", Lsn.format(-1));
        assertEquals(0x1fa0000028L, Lsn.parse("1f/A0000028"));
    }
}
