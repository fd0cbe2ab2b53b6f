package io.pgorchestra.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.pgorchestra.proxy.admin.PoolRow;
import java.util.ArrayList;
import java.util.List;

/** The gauges of each pool: its clients and servers by state, and its longest wait. */
final class PoolMeters {
    private static final double NANOS_PER_SECOND = 1e9;

    private final MultiGauge clients;
    private final MultiGauge servers;
    private final MultiGauge maxWait;

    PoolMeters(MeterRegistry registry) {
        clients = MultiGauge.builder(MetricNames.POOL_CLIENTS)
                .description("Clients of a pool, by what they are doing")
                .register(registry);
        servers = MultiGauge.builder(MetricNames.POOL_SERVERS)
                .description("Servers of a pool, by what they are doing")
                .register(registry);
        maxWait = MultiGauge.builder(MetricNames.POOL_MAX_WAIT)
                .description("For how long the oldest waiting client has waited")
                .baseUnit("seconds")
                .register(registry);
    }

    void update(List<PoolRow> pools) {
        List<MultiGauge.Row<?>> clientRows = new ArrayList<>();
        List<MultiGauge.Row<?>> serverRows = new ArrayList<>();
        List<MultiGauge.Row<?>> waitRows = new ArrayList<>();
        for (PoolRow pool : pools) {
            Tags tags = Tags.of(MetricNames.DATABASE, pool.database(), MetricNames.USER, pool.user());
            add(clientRows, tags, "active", pool.clientsActive());
            add(clientRows, tags, "waiting", pool.clientsWaiting());
            add(clientRows, tags, "active_cancel_req", pool.clientsActiveCancelRequests());
            add(clientRows, tags, "waiting_cancel_req", pool.clientsWaitingCancelRequests());
            add(serverRows, tags, "active", pool.serversActive());
            add(serverRows, tags, "active_cancel", pool.serversActiveCancel());
            add(serverRows, tags, "being_canceled", pool.serversBeingCanceled());
            add(serverRows, tags, "idle", pool.serversIdle());
            add(serverRows, tags, "used", pool.serversUsed());
            add(serverRows, tags, "tested", pool.serversTested());
            add(serverRows, tags, "login", pool.serversLogin());
            waitRows.add(MultiGauge.Row.of(tags, pool.maxWaitNanos() / NANOS_PER_SECOND));
        }
        clients.register(clientRows, true);
        servers.register(serverRows, true);
        maxWait.register(waitRows, true);
    }

    private static void add(List<MultiGauge.Row<?>> rows, Tags tags, String state, int count) {
        rows.add(MultiGauge.Row.of(tags.and(MetricNames.STATE, state), count));
    }
}
