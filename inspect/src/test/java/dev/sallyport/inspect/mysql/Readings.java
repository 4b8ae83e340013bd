package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.policy.Verdict.RowLimit;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlStatement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Readings and judges, as a grammar and a policy would make them.
final class Readings {

    static final Reading UNREAD = new Reading.Unread("not looked at");

    /// Allows everything, and understands nothing.
    static final Judge ALLOW = asked -> new Judged(Verdict.ALLOW, UNREAD);

    private Readings() {}

    static Reading of(Operation... operations) {
        return new Reading.Read(List.of(statement(List.of(), operations)));
    }

    static SqlStatement statement(List<ResultColumn> results, Operation... operations) {
        return new SqlStatement(
                0,
                0,
                Arrays.stream(operations).map(Act::of).toList(),
                Set.of(),
                Set.of(),
                Set.of(),
                false,
                false,
                Set.of(),
                results);
    }

    /// Blocks what holds a word, and allows the rest.
    static Judge blocking(String word) {
        return asked -> asked.text().orElse("").contains(word)
                ? new Judged(new Verdict.Block("test/words", "not this word"), UNREAD)
                : new Judged(Verdict.ALLOW, UNREAD);
    }

    /// Lets statements that begin with a word of change do so for so many rows.
    static Judge limiting(long rows) {
        var limit = Optional.of(new RowLimit("test/rows", "not so many rows", rows));
        return asked -> {
            var first = asked.text().orElse("").strip().split("\\s", 2)[0].toUpperCase(Locale.ROOT);
            return switch (first) {
                case "UPDATE" -> new Judged(new Verdict.Allow(limit), of(Operation.UPDATE));
                case "DELETE" -> new Judged(new Verdict.Allow(limit), of(Operation.DELETE));
                case "INSERT" -> new Judged(new Verdict.Allow(limit), of(Operation.INSERT));
                case "CREATE" -> new Judged(new Verdict.Allow(limit), of(Operation.CREATE));
                case "SELECT" -> new Judged(new Verdict.Allow(limit), of(Operation.SELECT));
                default -> new Judged(Verdict.ALLOW, UNREAD);
            };
        };
    }
}
