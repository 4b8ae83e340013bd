package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Answered;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Counts how one run of a statement went.
final class Tally {

    private final long number;
    private final Map<String, Long> masked = new TreeMap<>();
    private long rows;
    private long bytes;
    private Optional<String> error = Optional.empty();

    /// @param number of the statement; 0: none
    Tally(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    void row(long length) {
        rows++;
        bytes += length;
    }

    /// More of a row that was counted.
    void more(long length) {
        bytes += length;
    }

    void affected(long count) {
        rows += count;
    }

    void failed(String state) {
        error = Optional.of(state);
    }

    void masked(Map<String, Long> counts) {
        counts.forEach((type, count) -> masked.merge(type, count, Long::sum));
    }

    Answered answered() {
        return new Answered(number, rows, bytes, error, masked);
    }
}
