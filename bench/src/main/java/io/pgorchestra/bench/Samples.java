package io.pgorchestra.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What one contestant reached in one figure, round by round. */
final class Samples {

    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("sample: " + value + " (expected: a finite number)");
        }
        values.add(value);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    int size() {
        return values.size();
    }

    double median() {
        if (values.isEmpty()) {
            throw new IllegalStateException("no samples, and so no median");
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** How far the rounds lie apart: (max - min) / median, or 0 for a median of 0. */
    double spread() {
        double median = median();
        return median == 0 ? 0 : (Collections.max(values) - Collections.min(values)) / Math.abs(median);
    }

    /** The ratio of the medians. NaN when the other's median is not above 0, because then it says nothing. */
    double ratioTo(Samples other) {
        double divisor = other.median();
        return divisor > 0 ? median() / divisor : Double.NaN;
    }
}
