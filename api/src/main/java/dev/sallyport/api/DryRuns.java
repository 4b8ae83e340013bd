package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Dry-runs: what rules would say of statements that nobody runs.
public interface DryRuns {

    /// What is asked. There is one of `guardrail`, `rules` and `connection`, or several: then they are asked in the
    /// order of a session.
    ///
    /// @param guardrail a name or id
    /// @param rules as text, in place of a guardrail's or of a connection's own
    /// @param connection a name: with all that a session of it is held against
    /// @param groups of the user; for `connection`
    /// @param dialect `postgres` or `mysql`; missing: the connection's, or `postgres`
    /// @param statements at most 256, each as a client would send it
    @Json(naming = Json.Naming.LowerUnderscore)
    record GuardrailsDryRun(
            @Nullable String guardrail,
            @Nullable String rules,
            @Nullable String connection,
            @Nullable List<String> groups,
            @Nullable String dialect,
            @Nullable List<String> statements) {}

    /// What came of it.
    ///
    /// @param verdicts in the order of the statements
    @Json(naming = Json.Naming.LowerUnderscore)
    record GuardrailsVerdicts(List<Verdict> verdicts) {}

    /// Of one statement.
    ///
    /// @param verdict `allow`, `warn`, `hold` or `block`
    /// @param rule that decided, as `guardrail/rule`
    /// @param message for the user
    /// @param mostRows it is undone when it changes more rows than that
    /// @param mostRowsRule what says so
    /// @param touches what it does, in words, where it is understood
    @Json(naming = Json.Naming.LowerUnderscore)
    record Verdict(
            String verdict,
            @Nullable String rule,
            @Nullable String message,
            @Nullable Long mostRows,
            @Nullable String mostRowsRule,
            @Nullable String touches) {}
}
