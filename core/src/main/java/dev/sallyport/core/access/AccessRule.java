package dev.sallyport.core.access;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.id.RuleId;
import dev.sallyport.core.id.UserId;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// One sentence of who may use what: these groups and users, these connections, in these modes.
///
/// @param effect a denial wins over every permission
/// @param groups names of groups; with `users` empty too, the rule speaks of nobody
/// @param connections names, with `*` for any run of characters
/// @param tags a connection that has one of these (`key` → value, `*` for any) is meant as well
/// @param modes what is allowed or denied
/// @param conditions when and from where it counts
public record AccessRule(
        RuleId id,
        String name,
        Effect effect,
        Set<String> groups,
        Set<UserId> users,
        Set<String> connections,
        Map<String, String> tags,
        Set<AccessMode> modes,
        Conditions conditions,
        long version) {

    /// What a rule does to whom it speaks of.
    public enum Effect {
        ALLOW,
        DENY
    }

    private static final Pattern GLOB = Pattern.compile("[a-z0-9._*-]{1,63}");

    public AccessRule {
        for (var connection : connections) {
            if (!GLOB.matcher(connection).matches()) {
                throw new IllegalArgumentException("a rule names connections, with * for any run of characters");
            }
        }
        groups = Set.copyOf(groups);
        users = Set.copyOf(users);
        connections = Set.copyOf(connections);
        tags = Map.copyOf(tags);
        modes = Set.copyOf(modes);
    }

    /// A rule that counts always, from everywhere.
    public AccessRule(
            RuleId id,
            String name,
            Effect effect,
            Set<String> groups,
            Set<UserId> users,
            Set<String> connections,
            Map<String, String> tags,
            Set<AccessMode> modes,
            long version) {
        this(id, name, effect, groups, users, connections, tags, modes, Conditions.NONE, version);
    }

    /// Whether it counts now, and from there. Where it is not known from where, a permission for some networks does not
    /// count, and a denial does.
    boolean counts(Circumstances circumstances) {
        return conditions.met(circumstances, effect == Effect.DENY);
    }

    boolean speaksOf(Subject subject) {
        return users.contains(subject.user()) || subject.groups().stream().anyMatch(groups::contains);
    }

    boolean covers(ConnectionDefinition connection) {
        return connections.stream()
                        .anyMatch(glob -> matches(glob, connection.name().value()))
                || tags.entrySet().stream()
                        .anyMatch(tag -> connection.tags().containsKey(tag.getKey())
                                && (tag.getValue().equals("*")
                                        || tag.getValue()
                                                .equals(connection.tags().get(tag.getKey()))));
    }

    /// Matches without backtracking: linear in the name for each `*`.
    static boolean matches(String glob, String text) {
        var parts = glob.split("\\*", -1);
        if (parts.length == 1) {
            return glob.equals(text);
        }
        var last = parts[parts.length - 1];
        if (!text.startsWith(parts[0]) || text.length() < parts[0].length() + last.length() || !text.endsWith(last)) {
            return false;
        }
        int from = parts[0].length();
        int end = text.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = text.indexOf(parts[i], from);
            if (found < 0 || found + parts[i].length() > end) {
                return false;
            }
            from = found + parts[i].length();
        }
        return true;
    }
}
