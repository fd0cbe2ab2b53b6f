package io.pgorchestra.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Throughput under as many transactions as come through, and the CPU time that the proxy needs for each. */
final class LoadTrial implements Trial {

    private static final double MICROSECONDS_PER_SECOND = 1e6;

    private final Pgbench pgbench;
    private final String title;
    private final int clients;
    private final String[] options;

    LoadTrial(Pgbench pgbench, String title, int clients, String... options) {
        this.pgbench = pgbench;
        this.title = title + ", " + clients + (clients == 1 ? " client" : " clients");
        this.clients = clients;
        this.options = options.clone();
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Map<Figure, Double> run(Contestant contestant) {
        @Nullable ProxyProcess process = contestant.process();
        double before = process == null ? 0 : process.cpuSeconds();
        PgbenchResult result = pgbench.run(contestant.endpoint(), clients, options);
        Map<Figure, Double> figures = new LinkedHashMap<>();
        figures.put(new Figure(title, Unit.PER_SECOND), result.transactionsPerSecond());
        if (process != null) {
            double perTransaction = (process.cpuSeconds() - before) / result.transactions();
            figures.put(
                    new Figure(title + ": proxy CPU per transaction", Unit.MICROSECONDS),
                    perTransaction * MICROSECONDS_PER_SECOND);
        }
        return figures;
    }
}
