package dev.sallyport.core.policy;

import java.util.Locale;
import java.util.Optional;

/// What a guardrail does with a statement, the mildest first.
public enum GuardrailAction {
    ALLOW,
    /// it runs, the user is told, and the record says so
    WARN,
    /// it waits for somebody's approval
    HOLD,
    BLOCK;

    /// As rules write it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<GuardrailAction> of(String word) {
        for (var action : values()) {
            if (action.word().equals(word)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
