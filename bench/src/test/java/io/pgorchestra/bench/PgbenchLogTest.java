package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PgbenchLogTest {

    @TempDir
    Path directory;

    @Test
    void read_logsOfTwoThreads_countsAllLines() throws IOException {
        Files.writeString(
                directory.resolve("log.17951"),
                "0 1 756 0 1795480777 547970 107\n0 2 389 0 1795480777 550662 51\n1 1 449 0 1795480777 550671 131\n");
        Files.writeString(
                directory.resolve("log.17951.1"), "2 1 580 0 1795480777 548309 178\n3 1 488 0 1795480777 549860 97\n");

        Histogram histogram = PgbenchLog.read(directory);

        assertEquals(5, histogram.getTotalCount());
        assertEquals(488, histogram.getValueAtPercentile(50));
        assertEquals(756, histogram.getMaxValue());
    }

    @Test
    void read_failedTransaction_throws() throws IOException {
        Files.writeString(directory.resolve("log.1"), "1 1 failed 0 1795485411 162369\n");
        assertThrows(BenchException.class, () -> PgbenchLog.read(directory));
    }

    @Test
    void read_skippedTransaction_throws() throws IOException {
        Files.writeString(directory.resolve("log.1"), "1 1 skipped 0 1795485411 162369 12000\n");
        assertThrows(BenchException.class, () -> PgbenchLog.read(directory));
    }

    @Test
    void read_noLines_throws() {
        assertThrows(BenchException.class, () -> PgbenchLog.read(directory));
    }

    @Test
    void read_lineCutShort_throws() throws IOException {
        Files.writeString(directory.resolve("log.1"), "1 1\n");
        assertThrows(BenchException.class, () -> PgbenchLog.read(directory));
    }
}
