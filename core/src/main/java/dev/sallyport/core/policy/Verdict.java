package dev.sallyport.core.policy;

import java.util.Optional;

/// What a judge says of one statement.
public sealed interface Verdict {

    /// It runs.
    ///
    /// @param limit if there is one, it is undone when it changes more rows than that
    record Allow(Optional<RowLimit> limit) implements Verdict {}

    /// It runs, the user is told, and the record says so.
    ///
    /// @param rule guardrail and rule, as `safe-writes/no-where`
    /// @param message for the user
    record Warn(String rule, String message, Optional<RowLimit> limit) implements Verdict {}

    /// It waits for somebody's approval.
    ///
    /// @param touches what it would do by grammar, in words for the approver
    /// @param limit how many rows it may change all the same: an approval of one rule overrides no other
    record Hold(String rule, String message, String touches, Optional<RowLimit> limit) implements Verdict {
        public Hold(String rule, String message, String touches) {
            this(rule, message, touches, Optional.empty());
        }
    }

    /// It does not run.
    record Block(String rule, String message) implements Verdict {}

    /// How many rows a statement may change; one that changes more is rolled back and counts as blocked by the rule.
    record RowLimit(String rule, String message, long rows) {}

    /// Allowed without a condition.
    Verdict ALLOW = new Allow(Optional.empty());
}
