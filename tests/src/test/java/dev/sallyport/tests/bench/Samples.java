package dev.sallyport.tests.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Measured values of one arm.
final class Samples {

    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    /// The value below which `share` (0 to 1) of the samples lie.
    double quantile(double share) {
        var sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }

    double median() {
        return quantile(0.5);
    }

    int count() {
        return values.size();
    }
}
