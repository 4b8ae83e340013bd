package dev.sallyport.inspect.guardrails;

import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What rules would say of statements that nobody runs: by the judge that sessions have. Thread-safe.
public final class DryRun {

    private final Grammars grammars = new Grammars();
    private final VerdictCache cache = new VerdictCache();

    /// Of one statement.
    ///
    /// @param touches what it does, in words; empty when it is not understood
    public record Said(Verdict verdict, String touches) {}

    /// Whether statements of this protocol can be read.
    public boolean reads(DatabaseProtocol protocol) {
        return grammars.of(protocol).isPresent();
    }

    /// @throws IllegalArgumentException if the protocol has no grammar, or an expression of a rule cannot be read
    public List<Said> judge(Guardrails guardrails, DatabaseProtocol protocol, List<String> statements) {
        var grammar = grammars.of(protocol)
                .orElseThrow(() -> new IllegalArgumentException("there is no grammar for " + protocol.type()));
        var judge = new GuardrailJudge(guardrails, grammar, cache);
        var settings = switch (protocol) {
            case POSTGRES -> SqlSettings.POSTGRES;
            case MYSQL -> SqlSettings.MYSQL;
        };
        return statements.stream()
                .map(statement -> judge.judge(new Asked(
                        1,
                        Asked.Kind.QUERY,
                        Optional.of(statement),
                        statement.getBytes(StandardCharsets.UTF_8),
                        settings)))
                .map(judged -> new Said(judged.verdict(), touches(judged.reading())))
                .toList();
    }

    private static String touches(Reading reading) {
        return switch (reading) {
            case Reading.Read(var statements) ->
                statements.stream().map(Touches::of).collect(Collectors.joining("; "));
            case Reading.Unread _ -> "";
        };
    }
}
