package dev.sallyport.core.policy;

import java.util.List;

/// One rule of a guardrail: when all of its conditions hold for a statement, that becomes of it.
///
/// @param name for the user and the record: `guardrail/rule`
/// @param conditions one at least
/// @param message for the user: why, and what to do instead
public record GuardrailRule(String name, GuardrailAction action, List<GuardrailCondition> conditions, String message) {

    public GuardrailRule {
        conditions = List.copyOf(conditions);
        if (conditions.isEmpty()) {
            throw new IllegalArgumentException(
                    "rule " + name + " has no condition: add a line that begins with 'when'");
        }
        if (action == GuardrailAction.ALLOW
                && conditions.stream().anyMatch(each -> each instanceof GuardrailCondition.MoreRows)) {
            throw new IllegalArgumentException(
                    "rule " + name + " allows by a number of rows that is known only afterwards");
        }
    }

    /// What its name begins with: a guardrail, a preset, or `rules` for the connection's own.
    public String guardrail() {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }
}
