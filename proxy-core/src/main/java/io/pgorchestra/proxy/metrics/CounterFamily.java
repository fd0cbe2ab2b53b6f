package io.pgorchestra.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The counters of one name, one for each set of labels, whose totals are counted elsewhere. Not thread-safe; the totals
 * may be read from any thread.
 */
final class CounterFamily {
    private final MeterRegistry registry;
    private final String name;
    private final String description;
    private final String unit;
    private final Map<Tags, Counter> counters = new HashMap<>();

    /** @param unit the unit that ends the name, or empty */
    CounterFamily(MeterRegistry registry, String name, String description, String unit) {
        this.registry = registry;
        this.name = name;
        this.description = description;
        this.unit = unit;
    }

    /** Replaces all totals; a counter whose labels are not among them is gone. */
    void update(Map<Tags, Double> totals) {
        counters.entrySet().removeIf(entry -> {
            boolean isGone = !totals.containsKey(entry.getKey());
            if (isGone) {
                registry.remove(entry.getValue().meter);
            }
            return isGone;
        });
        totals.forEach((tags, total) ->
                counters.computeIfAbsent(tags, this::register).total.set(total));
    }

    private Counter register(Tags tags) {
        AtomicReference<Double> total = new AtomicReference<>(0.0);
        FunctionCounter meter = FunctionCounter.builder(name, total, AtomicReference::get)
                .description(description)
                .baseUnit(unit.isEmpty() ? null : unit)
                .tags(tags)
                .register(registry);
        return new Counter(meter, total);
    }

    private record Counter(FunctionCounter meter, AtomicReference<Double> total) {}
}
