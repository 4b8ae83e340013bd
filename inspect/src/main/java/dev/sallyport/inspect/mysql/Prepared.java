package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Verdict.RowLimit;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import java.util.Optional;

/// A statement that the server has prepared, with what was judged of it.
final class Prepared {

    /// The server's name for it, and the client's.
    final int id;

    final Optional<String> text;
    final byte[] bytes;

    private long number;
    private SqlSettings settings;
    private Reading reading;
    private Optional<RowLimit> limit;

    /// What runs with a cursor and has not come to its end: how it went until now, and the mask over its rows.
    Optional<Open> open = Optional.empty();

    record Open(Tally tally, Optional<Result> result) {}

    Prepared(int id, Asked asked, Judged judged) {
        this.id = id;
        this.text = asked.text();
        this.bytes = asked.bytes();
        this.number = asked.number();
        this.settings = asked.settings();
        this.reading = judged.reading();
        this.limit = Verdicts.limit(judged.verdict());
    }

    /// It was judged once more, under other settings.
    void judged(Asked asked, Judged again) {
        number = asked.number();
        settings = asked.settings();
        reading = again.reading();
        limit = Verdicts.limit(again.verdict());
    }

    long number() {
        return number;
    }

    SqlSettings settings() {
        return settings;
    }

    Reading reading() {
        return reading;
    }

    Optional<RowLimit> limit() {
        return limit;
    }
}
