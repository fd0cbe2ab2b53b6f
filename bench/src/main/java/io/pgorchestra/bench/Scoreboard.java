package io.pgorchestra.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All samples, by figure and contestant, and what went wrong. */
final class Scoreboard {

    private final Map<Figure, Map<String, Samples>> samples = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    void add(String contestant, Map<Figure, Double> figures) {
        figures.forEach((figure, value) -> samples.computeIfAbsent(figure, row -> new LinkedHashMap<>())
                .computeIfAbsent(contestant, column -> new Samples())
                .add(value));
    }

    /** Notes a failure. What the contestant had reached in this trial before does not count. */
    void fail(String contestant, String trial, Set<Figure> reached, String complaint) {
        failures.add(contestant + ", " + trial + ": " + complaint);
        for (Figure figure : reached) {
            Map<String, Samples> row = samples.get(figure);
            if (row != null) {
                row.remove(contestant);
            }
        }
    }

    Set<Figure> figures() {
        return samples.keySet();
    }

    /** The samples, or none when the contestant has not this figure, or failed at it. */
    Samples samples(Figure figure, String contestant) {
        return samples.getOrDefault(figure, Map.of()).getOrDefault(contestant, new Samples());
    }

    List<String> failures() {
        return List.copyOf(failures);
    }
}
