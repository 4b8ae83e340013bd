package dev.sallyport.core.access;

import dev.sallyport.core.connection.ConnectionDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All access rules of a tenant. No rule, no access; a denial wins.
public record AccessRules(List<AccessRule> rules) {

    public AccessRules {
        rules = List.copyOf(rules);
    }

    /// Whether `subject` may use `connection` in `mode`, now and from there.
    public boolean allow(
            Subject subject, ConnectionDefinition connection, AccessMode mode, Circumstances circumstances) {
        boolean allowed = false;
        for (var rule : rules) {
            if (rule.modes().contains(mode)
                    && rule.speaksOf(subject)
                    && rule.covers(connection)
                    && rule.counts(circumstances)) {
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
    public List<AccessRule> deciding(
            Subject subject, ConnectionDefinition connection, AccessMode mode, Circumstances circumstances) {
        var applying = about(subject, connection, mode)
                .filter(rule -> rule.counts(circumstances))
                .toList();
        var denials = applying.stream()
                .filter(rule -> rule.effect() == AccessRule.Effect.DENY)
                .toList();
        return denials.isEmpty() ? applying : denials;
    }

    /// Rules that speak of it and do not count in these circumstances.
    public List<AccessRule> resting(
            Subject subject, ConnectionDefinition connection, AccessMode mode, Circumstances circumstances) {
        return about(subject, connection, mode)
                .filter(rule -> !rule.counts(circumstances))
                .toList();
    }

    /// When [#allow] may answer otherwise, because a time window opens or closes, although nothing is changed.
    public Optional<Instant> changes(Subject subject, ConnectionDefinition connection, AccessMode mode, Instant at) {
        return about(subject, connection, mode)
                .flatMap(rule -> rule.conditions().changes(at).stream())
                .min(Instant::compareTo);
    }

    private Stream<AccessRule> about(Subject subject, ConnectionDefinition connection, AccessMode mode) {
        return rules.stream()
                .filter(rule -> rule.modes().contains(mode) && rule.speaksOf(subject) && rule.covers(connection));
    }
}
