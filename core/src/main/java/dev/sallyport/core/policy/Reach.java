package dev.sallyport.core.policy;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Whom a guardrail or a masking rule speaks of: sessions of some connections by members of some groups.
///
/// @param connections names, with `*` for any run of characters; with `tags` empty too, all connections
/// @param tags a connection that has one of these (`key` → value, `*` for any) is meant as well
/// @param groups members of one of these; none: everybody
public record Reach(Set<String> connections, Map<String, String> tags, Set<String> groups) {

    /// Most connections, tags and groups, of each.
    public static final int MOST_NAMES = 64;

    /// Everybody, everywhere.
    public static final Reach EVERYWHERE = new Reach(Set.of(), Map.of(), Set.of());

    private static final Pattern GLOB = Pattern.compile("[a-z0-9._*-]{1,63}");
    private static final int LONGEST_TEXT = 256;

    public Reach {
        if (connections.size() > MOST_NAMES || tags.size() > MOST_NAMES || groups.size() > MOST_NAMES) {
            throw new IllegalArgumentException(
                    "a rule names at most " + MOST_NAMES + " connections, tags and groups, of each");
        }
        for (var connection : connections) {
            if (!GLOB.matcher(connection).matches()) {
                throw new IllegalArgumentException("a rule names connections, with * for any run of characters");
            }
        }
        tags.forEach((key, value) -> {
            printable(key);
            printable(value);
            if (key.isEmpty() || key.indexOf('=') >= 0) {
                throw new IllegalArgumentException("a tag has a key, without =");
            }
        });
        groups.forEach(Reach::printable);
        connections = Set.copyOf(connections);
        tags = Map.copyOf(tags);
        groups = Set.copyOf(groups);
    }

    private static void printable(String text) {
        if (text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "names have at most " + LONGEST_TEXT + " characters, none of them a control character");
        }
    }

    /// Whether it speaks of a session of this connection by a user of these groups.
    public boolean covers(String connection, Map<String, String> tagsOfConnection, Set<String> groupsOfUser) {
        boolean everywhere = connections.isEmpty() && tags.isEmpty();
        return (everywhere
                        || connections.stream().anyMatch(glob -> Globs.matches(glob, connection))
                        || tags.entrySet().stream().anyMatch(tag -> carries(tag, tagsOfConnection)))
                && (groups.isEmpty() || groupsOfUser.stream().anyMatch(groups::contains));
    }

    private static boolean carries(Map.Entry<String, String> tag, Map<String, String> tags) {
        var value = tags.get(tag.getKey());
        return value != null && (tag.getValue().equals("*") || tag.getValue().equals(value));
    }
}
