package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies at a fixed rate of transactions, counted from when each was due. */
final class LatencyTrial implements Trial {

    private static final double MICROSECONDS_PER_MILLISECOND = 1e3;
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final String[] NAMES = {"p50", "p99", "p99.9"};

    private final Pgbench pgbench;
    private final Path home;
    private final int clients;
    private final int rate;

    LatencyTrial(Pgbench pgbench, Path home, int clients, int rate) {
        this.pgbench = pgbench;
        this.home = home;
        this.clients = clients;
        this.rate = rate;
    }

    @Override
    public String title() {
        return "latency at " + rate + "/s, " + clients + " clients";
    }

    @Override
    public Map<Figure, Double> run(Contestant contestant) {
        Histogram histogram = measure(contestant);
        Map<Figure, Double> figures = new LinkedHashMap<>();
        for (int i = 0; i < PERCENTILES.length; i++) {
            double milliseconds = histogram.getValueAtPercentile(PERCENTILES[i]) / MICROSECONDS_PER_MILLISECOND;
            figures.put(new Figure(title() + ": " + NAMES[i], Unit.MILLISECONDS), milliseconds);
        }
        return figures;
    }

    private Histogram measure(Contestant contestant) {
        try {
            Path directory = Files.createTempDirectory(home, "latency-");
            String prefix = directory.resolve("log").toString();
            pgbench.run(
                    contestant.endpoint(),
                    clients,
                    "-M",
                    "prepared",
                    "-R",
                    Integer.toString(rate),
                    "-l",
                    "--log-prefix=" + prefix);
            Histogram histogram = PgbenchLog.read(directory);
            FileTrees.delete(directory);
            return histogram;
        } catch (IOException e) {
            throw new BenchException("Cannot keep pgbench's log: " + e.getMessage(), e);
        }
    }
}
