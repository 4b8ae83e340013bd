package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.policy.Verdict.RowLimit;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlStatement;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a verdict and a reading mean for how a statement is run.
final class Verdicts {

    private static final Set<Operation> CHANGES =
            EnumSet.of(Operation.INSERT, Operation.UPDATE, Operation.DELETE, Operation.MERGE);
    private static final Set<Operation> SETTINGS = EnumSet.of(
            Operation.SET,
            Operation.RESET,
            Operation.USE,
            Operation.CALL,
            Operation.DO,
            Operation.EXECUTE,
            Operation.ADMINISTER,
            Operation.OTHER);

    private Verdicts() {}

    static Optional<RowLimit> limit(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow(var limit) -> limit;
            case Verdict.Warn(var _, var _, var limit) -> limit;
            case Verdict.Block _, Verdict.Hold _ -> Optional.empty();
        };
    }

    /// How a statement whose changed rows are limited can be run.
    enum Counting {
        /// It changes no rows.
        NEEDLESS,
        /// In a transaction of ours, which is undone when there are too many.
        POSSIBLE,
        IMPOSSIBLE
    }

    static Counting counting(Reading reading) {
        if (!(reading instanceof Reading.Read(var statements)) || statements.size() != 1) {
            return Counting.IMPOSSIBLE;
        }
        var statement = statements.getFirst();
        if (!statement.opaque().isEmpty()) {
            return Counting.IMPOSSIBLE;
        }
        boolean changes = false;
        for (var act : statement.acts()) {
            changes |= CHANGES.contains(act.operation());
            if (!CHANGES.contains(act.operation()) && act.operation() != Operation.SELECT) {
                // it may end the transaction by itself
                return Counting.IMPOSSIBLE;
            }
        }
        // rows that it returns would be out before they are counted
        return !changes ? Counting.NEEDLESS : statement.results().isEmpty() ? Counting.POSSIBLE : Counting.IMPOSSIBLE;
    }

    /// Whether a text may change settings without the server saying so.
    static boolean maySet(Reading reading) {
        return !(reading instanceof Reading.Read(var statements))
                || statements.stream().anyMatch(Verdicts::sets);
    }

    /// Whether a text may change what the server tells of its settings.
    ///
    /// @param text of the statement; empty when it is not known
    static boolean maySetTracking(Reading reading, Optional<String> text) {
        if (text.isEmpty()) {
            return true;
        }
        var plain = text.get().toLowerCase(Locale.ROOT);
        return plain.contains("session_track")
                || switch (reading) {
                    case Reading.Read(var statements) ->
                        statements.stream().anyMatch(one -> !one.opaque().isEmpty());
                    case Reading.Unread _ -> plain.contains("execute") || plain.contains("call");
                };
    }

    private static boolean sets(SqlStatement statement) {
        return !statement.opaque().isEmpty()
                || statement.acts().stream().map(Act::operation).anyMatch(SETTINGS::contains);
    }

    /// What of `LOAD DATA LOCAL` stands first, where no grammar has read the text.
    private static final Pattern LOAD = Pattern.compile(
            "\\s*LOAD\\s+(?:DATA|XML)\\s+(?:(?:LOW_PRIORITY|CONCURRENT)\\s+)?LOCAL\\s+INFILE\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /// Whether a statement reads a file of the client's.
    ///
    /// @param text of the statement; empty when it is not known
    static boolean readsFile(Reading reading, Optional<String> text) {
        return switch (reading) {
            case Reading.Read(var statements) ->
                statements.stream()
                        .flatMap(one -> one.acts().stream())
                        .anyMatch(act -> act.operation() == Operation.COPY_IN);
            case Reading.Unread _ ->
                text.map(LOAD::matcher).filter(Matcher::matches).isPresent();
        };
    }
}
