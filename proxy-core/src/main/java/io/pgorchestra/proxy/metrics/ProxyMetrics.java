package io.pgorchestra.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgorchestra.proxy.admin.AdminTarget;
import io.pgorchestra.proxy.admin.DatabaseRow;
import io.pgorchestra.proxy.admin.EventRow;
import io.pgorchestra.proxy.admin.ListsRow;
import io.pgorchestra.proxy.admin.PoolRow;
import io.pgorchestra.proxy.admin.ProxyState;
import io.pgorchestra.proxy.admin.StatsRow;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The metrics of the proxy and of its JVM. The proxy's are read from the same snapshots as the console's tables, when
 * they are asked for: nothing is counted twice, and the data plane knows nothing of them. Thread-safe.
 */
public final class ProxyMetrics implements AutoCloseable {
    private final AdminTarget target;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final PoolMeters pools;
    private final DatabaseMeters databases;
    private final TrafficMeters traffic;
    private final EventMeters events;
    private volatile ListsRow lists = new ListsRow(0, 0, 0, 0, 0, 0, 0, 0);

    public ProxyMetrics(AdminTarget target) {
        this.target = target;
        pools = new PoolMeters(registry);
        databases = new DatabaseMeters(registry);
        traffic = new TrafficMeters(registry);
        events = new EventMeters(registry);
        bindProxy();
        bindJvm();
    }

    /** Where a part of the proxy may register meters of its own, such as histograms. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All metrics in Prometheus' text format, as of now. */
    public CompletionStage<String> scrape() {
        CompletableFuture<List<PoolRow>> poolRows = target.pools().toCompletableFuture();
        CompletableFuture<List<DatabaseRow>> databaseRows = target.databases().toCompletableFuture();
        CompletableFuture<List<StatsRow>> statsRows = target.stats().toCompletableFuture();
        CompletableFuture<List<EventRow>> eventRows = target.events().toCompletableFuture();
        CompletableFuture<ListsRow> listsRow = target.lists().toCompletableFuture();
        return CompletableFuture.allOf(poolRows, databaseRows, statsRows, eventRows, listsRow)
                .thenApply(nothing -> render(
                        poolRows.join(), databaseRows.join(), statsRows.join(), eventRows.join(), listsRow.join()));
    }

    /** One scrape at a time: two that update the same meters would show a mixture. */
    private synchronized String render(
            List<PoolRow> poolRows,
            List<DatabaseRow> databaseRows,
            List<StatsRow> statsRows,
            List<EventRow> eventRows,
            ListsRow listsRow) {
        pools.update(poolRows);
        databases.update(databaseRows);
        traffic.update(statsRows);
        events.update(eventRows);
        lists = listsRow;
        return registry.scrape();
    }

    private void bindProxy() {
        Gauge.builder(MetricNames.UP, () -> 1)
                .description("1 while the proxy runs")
                .register(registry);
        Gauge.builder(MetricNames.READY, () -> target.readiness().ready() ? 1 : 0)
                .description("1 while new clients are welcome")
                .register(registry);
        Gauge.builder(MetricNames.PAUSED, () -> target.state() == ProxyState.ACTIVE ? 0 : 1)
                .description("1 while the whole proxy is paused or suspended")
                .register(registry);
        Gauge.builder(MetricNames.CLIENTS_USED, () -> lists.usedClients())
                .description("Client connections")
                .register(registry);
        Gauge.builder(MetricNames.CLIENTS_FREE, () -> lists.freeClients())
                .description("Client connections that max_client_conn still admits")
                .register(registry);
        Gauge.builder(MetricNames.CLIENTS_LOGIN, () -> lists.loginClients())
                .description("Client connections that have not finished logging in")
                .register(registry);
    }

    private void bindJvm() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }
}
