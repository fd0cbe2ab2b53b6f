package io.pgorchestra.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * The latencies in pgbench's per-transaction logs ({@code -l}), in microseconds. At a fixed rate pgbench counts from the moment at which a
 * transaction was due, so that a stall is charged to all that had to wait for it; see
 * <a href="https://www.postgresql.org/docs/current/pgbench.html">pgbench</a>, "Per-Transaction Logging".
 */
final class PgbenchLog {

    private static final long MAX_MICROSECONDS = 3_600_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int LATENCY_FIELD = 2;

    private PgbenchLog() {}

    /** Reads the logs of all threads: every file of the folder. */
    static Histogram read(Path directory) {
        Histogram histogram = new Histogram(MAX_MICROSECONDS, SIGNIFICANT_DIGITS);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                try (BufferedReader reader = Files.newBufferedReader(file)) {
                    reader.lines().forEach(line -> add(line, histogram));
                }
            }
        } catch (IOException e) {
            throw new BenchException("Cannot read pgbench's log in " + directory + ": " + e.getMessage(), e);
        }
        if (histogram.getTotalCount() == 0) {
            throw new BenchException("pgbench's log in " + directory + " is empty.");
        }
        return histogram;
    }

    /** A line is: client, transaction, latency or "failed" or "skipped", script, seconds, microseconds, schedule lag. */
    static void add(String line, Histogram histogram) {
        String[] fields = line.split(" ", -1);
        if (fields.length <= LATENCY_FIELD) {
            throw new BenchException("Not a line of pgbench's log: " + line);
        }
        String latency = fields[LATENCY_FIELD];
        if (latency.equals("failed") || latency.equals("skipped")) {
            throw new BenchException("pgbench has a " + latency + " transaction in its log.");
        }
        try {
            histogram.recordValue(Long.parseLong(latency));
        } catch (NumberFormatException e) {
            throw new BenchException("Not a line of pgbench's log: " + line, e);
        }
    }
}
