package io.pgorchestra.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.pgorchestra.proxy.admin.DatabaseRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** The gauges of each database: its limits, how much of them is used, and whether it takes work. */
final class DatabaseMeters {
    private final Map<MultiGauge, ToIntFunction<DatabaseRow>> gauges = new LinkedHashMap<>();

    DatabaseMeters(MeterRegistry registry) {
        add(registry, MetricNames.DATABASE_POOL_SIZE, "Servers that one pool may have", DatabaseRow::poolSize);
        add(registry, MetricNames.DATABASE_SERVERS, "Servers of all pools", DatabaseRow::currentConnections);
        add(registry, MetricNames.DATABASE_MAX_SERVERS, "max_db_connections, or 0", DatabaseRow::maxConnections);
        add(registry, MetricNames.DATABASE_CLIENTS, "Clients of all pools", DatabaseRow::currentClientConnections);
        add(
                registry,
                MetricNames.DATABASE_MAX_CLIENTS,
                "max_db_client_connections, or 0",
                DatabaseRow::maxClientConnections);
        add(registry, MetricNames.DATABASE_PAUSED, "1 while paused", database -> database.paused() ? 1 : 0);
        add(registry, MetricNames.DATABASE_DISABLED, "1 while disabled", database -> database.disabled() ? 1 : 0);
    }

    private void add(MeterRegistry registry, String name, String description, ToIntFunction<DatabaseRow> measure) {
        gauges.put(MultiGauge.builder(name).description(description).register(registry), measure);
    }

    void update(List<DatabaseRow> databases) {
        gauges.forEach((gauge, measure) -> gauge.register(
                databases.stream()
                        .map(database -> MultiGauge.Row.of(
                                Tags.of(MetricNames.DATABASE, database.name()), measure.applyAsInt(database)))
                        .toList(),
                true));
    }
}
