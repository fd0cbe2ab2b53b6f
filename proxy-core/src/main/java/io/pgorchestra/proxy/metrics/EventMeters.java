package io.pgorchestra.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pgorchestra.proxy.admin.EventRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The counters of closed and refused connections and of pinned clients, by reason. */
final class EventMeters {
    private final CounterFamily events;

    EventMeters(MeterRegistry registry) {
        events = new CounterFamily(
                registry, MetricNames.EVENTS, "Connections closed or refused and clients pinned, by reason", "");
    }

    void update(List<EventRow> rows) {
        Map<Tags, Double> totals = new HashMap<>();
        for (EventRow row : rows) {
            Tags tags = Tags.of(
                    MetricNames.EVENT,
                    row.kind().text(),
                    MetricNames.DATABASE,
                    row.database(),
                    MetricNames.REASON,
                    row.reason());
            totals.merge(tags, (double) row.count(), Double::sum);
        }
        events.update(totals);
    }
}
