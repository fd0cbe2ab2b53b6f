package io.pgorchestra.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pgorchestra.proxy.admin.StatsRow;
import io.pgorchestra.proxy.admin.TrafficTotals;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The counters of each database: what SHOW STATS_TOTALS shows, with times in seconds. */
final class TrafficMeters {
    private static final double MICROS_PER_SECOND = 1e6;

    private final MeterRegistry registry;
    private final Map<CounterFamily, ToDoubleFunction<TrafficTotals>> families = new LinkedHashMap<>();

    TrafficMeters(MeterRegistry registry) {
        this.registry = registry;
        count(MetricNames.SERVER_ASSIGNMENTS, "Times a client was given a server", TrafficTotals::serverAssignments);
        count(MetricNames.TRANSACTIONS, "Transactions", TrafficTotals::transactions);
        count(MetricNames.QUERIES, "Queries", TrafficTotals::queries);
        count(MetricNames.CLIENT_PARSES, "Prepared statements made by clients", TrafficTotals::clientParses);
        count(MetricNames.SERVER_PARSES, "Prepared statements made on servers", TrafficTotals::serverParses);
        count(MetricNames.BINDS, "Prepared statements bound", TrafficTotals::binds);
        count(MetricNames.CLIENT_LOGINS, "Logins of clients", TrafficTotals::clientLogins);
        add(MetricNames.RECEIVED, "Bytes received from clients", "bytes", TrafficTotals::bytesReceived);
        add(MetricNames.SENT, "Bytes sent to clients", "bytes", TrafficTotals::bytesSent);
        time(MetricNames.TRANSACTION_TIME, "Time spent in transactions", TrafficTotals::transactionMicros);
        time(MetricNames.QUERY_TIME, "Time spent waiting for servers' answers", TrafficTotals::queryMicros);
        time(MetricNames.WAIT_TIME, "Time that clients waited for a server", TrafficTotals::waitMicros);
    }

    private void count(String name, String description, ToDoubleFunction<TrafficTotals> measure) {
        add(name, description, "", measure);
    }

    private void time(String name, String description, ToDoubleFunction<TrafficTotals> micros) {
        add(name, description, "seconds", totals -> micros.applyAsDouble(totals) / MICROS_PER_SECOND);
    }

    private void add(String name, String description, String unit, ToDoubleFunction<TrafficTotals> measure) {
        families.put(new CounterFamily(registry, name, description, unit), measure);
    }

    void update(List<StatsRow> stats) {
        families.forEach((family, measure) -> {
            Map<Tags, Double> totals = new HashMap<>();
            for (StatsRow row : stats) {
                totals.put(Tags.of(MetricNames.DATABASE, row.database()), measure.applyAsDouble(row.totals()));
            }
            family.update(totals);
        });
    }
}
