package dev.sallyport.core.access;

import dev.sallyport.core.connection.ConnectionDefinition;
import java.util.List;

/// All access rules of a tenant. No rule, no access; a denial wins.
public record AccessRules(List<AccessRule> rules) {

    public AccessRules {
        rules = List.copyOf(rules);
    }

    /// Whether `subject` may use `connection` in `mode`.
    public boolean allow(Subject subject, ConnectionDefinition connection, AccessMode mode) {
        boolean allowed = false;
        for (var rule : rules) {
            if (rule.modes().contains(mode) && rule.speaksOf(subject) && rule.covers(connection)) {
                switch (rule.effect()) {
                    case DENY -> {
                        return false;
                    }
                    case ALLOW -> allowed = true;
                }
            }
        }
        return allowed;
    }

    /// The rules on which [#allow] hangs: every denial that applies or, where there is none, every permission. Empty:
    /// no rule speaks of it, and so it is denied.
    public List<AccessRule> deciding(Subject subject, ConnectionDefinition connection, AccessMode mode) {
        var applying = rules.stream()
                .filter(rule -> rule.modes().contains(mode) && rule.speaksOf(subject) && rule.covers(connection))
                .toList();
        var denials = applying.stream()
                .filter(rule -> rule.effect() == AccessRule.Effect.DENY)
                .toList();
        return denials.isEmpty() ? applying : denials;
    }
}
