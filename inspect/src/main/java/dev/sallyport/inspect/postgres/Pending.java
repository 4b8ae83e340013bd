package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.ResultColumn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One thing that the server was asked and has not answered to its end. They are answered in the order in which they
/// were asked ("Pipelining").
final class Pending {

    /// What was asked.
    enum Kind {
        QUERY,
        FUNCTION,
        PARSE,
        BIND,
        DESCRIBE_STATEMENT,
        DESCRIBE_PORTAL,
        EXECUTE,
        CLOSE,
        SYNC,
        /// A query of ours, of whose answers the client sees none.
        OURS
    }

    final Kind kind;

    /// Number of the statement that it belongs to; 0: none.
    final long number;

    final Reading reading;

    /// The portal that it binds, describes or runs.
    Optional<Portal> portal = Optional.empty();

    /// The client did not ask: it is not told.
    boolean hidden;

    /// The server was given what fails, in the place of a statement that may not run: this is what the client reads.
    Optional<Refusal> refusal = Optional.empty();

    /// Takes back what was noted of it, when the server does not do it.
    Runnable undo = () -> {};

    /// What is masked in the rows that come now.
    Optional<Result> result = Optional.empty();

    private int statement;
    private long rows;
    private long bytes;
    private Optional<String> error = Optional.empty();
    private final Map<String, Long> masked = new TreeMap<>();

    Pending(Kind kind, long number, Reading reading) {
        this.kind = kind;
        this.number = number;
        this.reading = reading;
    }

    static Pending of(Kind kind) {
        return new Pending(kind, 0, NOTHING);
    }

    static final Reading NOTHING = new Reading.Unread("nothing");

    /// A portal: a statement that was bound.
    static final class Portal {
        final long number;
        final Reading reading;
        Optional<Result> result = Optional.empty();

        Portal(long number, Reading reading) {
            this.number = number;
            this.reading = reading;
        }

        Optional<List<ResultColumn>> origins() {
            return Pending.origins(reading, 0);
        }
    }

    /// Where the columns of the result that comes now are from.
    Optional<List<ResultColumn>> origins() {
        return origins(reading, statement);
    }

    private static Optional<List<ResultColumn>> origins(Reading reading, int statement) {
        return reading instanceof Reading.Read(var statements) && statement < statements.size()
                ? Optional.of(statements.get(statement).results()).filter(list -> !list.isEmpty())
                : Optional.empty();
    }

    void row(int length) {
        bytes += length;
    }

    void failed(String code) {
        error = Optional.of(code);
    }

    boolean hasFailed() {
        return error.isPresent();
    }

    /// One statement of it is done.
    ///
    /// @param tag such as `INSERT 0 3`
    void completed(String tag) {
        rows += rows(tag);
        counted();
        statement++;
        result = Optional.empty();
    }

    private void counted() {
        result.ifPresent(one -> one.counts().forEach((type, count) -> masked.merge(type, count, Long::sum)));
    }

    /// The number at a tag's end.
    static long rows(String tag) {
        int blank = tag.lastIndexOf(' ');
        if (blank < 0 || blank == tag.length() - 1 || tag.length() - blank > 19) {
            return 0;
        }
        long rows = 0;
        for (int i = blank + 1; i < tag.length(); i++) {
            int digit = tag.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            rows = rows * 10 + digit;
        }
        return rows;
    }

    Answered answered() {
        counted();
        result = Optional.empty();
        return new Answered(number, rows, bytes, error, masked);
    }
}
