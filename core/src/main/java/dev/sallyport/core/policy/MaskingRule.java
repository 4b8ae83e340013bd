package dev.sallyport.core.policy;

import dev.sallyport.core.id.MaskingRuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What of the answers of some connections some people do not see. Rules are in order: for a column and for a
/// value the
/// first counts that speaks of it.
///
/// @param name for admins and counts: letters, digits, blanks, `.`, `_` and `-`
/// @param connections names, with `*` for any run of characters; with `tags` empty too, all connections
/// @param tags a connection that has one of these (`key` → value, `*` for any) is meant as well
/// @param groups members of one of these; none: everybody
/// @param subjects what is masked
/// @param strategy what becomes of it
public record MaskingRule(
        MaskingRuleId id,
        String name,
        Set<String> connections,
        Map<String, String> tags,
        Set<String> groups,
        List<MaskingSubject> subjects,
        MaskingStrategy strategy) {

    /// Most rules of a tenant.
    public static final int MOST_RULES = 256;

    /// Most subjects of a rule.
    public static final int MOST_SUBJECTS = 128;

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,62}");

    public MaskingRule {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a masking rule's name has 1 to 63 letters, digits, blanks, '.', '_', '-'");
        }
        if (subjects.isEmpty() || subjects.size() > MOST_SUBJECTS) {
            throw new IllegalArgumentException("a masking rule masks 1 to " + MOST_SUBJECTS + " things");
        }
        var _ = new Reach(connections, tags, groups);
        connections = Set.copyOf(connections);
        tags = Map.copyOf(tags);
        groups = Set.copyOf(groups);
        subjects = List.copyOf(subjects);
    }

    /// Whom it speaks of.
    public Reach reach() {
        return new Reach(connections, tags, groups);
    }

    /// Whether it speaks of a session of this connection by a user of these groups.
    public boolean appliesTo(String connection, Map<String, String> tagsOfConnection, Set<String> groupsOfUser) {
        return reach().covers(connection, tagsOfConnection, groupsOfUser);
    }

    /// Its fields as lines `key value`, always the same for the same rule: part of a tenant's signed policy.
    public List<String> write() {
        var lines = new ArrayList<String>();
        lines.add("id " + id.value());
        lines.add("name " + name);
        new TreeSet<>(connections).forEach(connection -> lines.add("connection " + connection));
        new TreeMap<>(tags).forEach((key, value) -> lines.add("tag " + key + "=" + value));
        new TreeSet<>(groups).forEach(group -> lines.add("group " + group));
        subjects.forEach(subject -> lines.add("mask " + subject.text()));
        lines.add("strategy " + strategy.text());
        return List.copyOf(lines);
    }

    /// The rule that [#write] wrote.
    ///
    /// @throws IllegalArgumentException for anything else: unknown keys, fields that are missing or come twice
    public static MaskingRule read(List<String> lines) {
        MaskingRuleId id = null;
        String name = null;
        MaskingStrategy strategy = null;
        var connections = new TreeSet<String>();
        var tags = new TreeMap<String, String>();
        var groups = new TreeSet<String>();
        var subjects = new ArrayList<MaskingSubject>();
        for (var line : lines) {
            int blank = line.indexOf(' ');
            if (blank < 0) {
                throw new IllegalArgumentException("a line of a masking rule is a key and a value");
            }
            var value = line.substring(blank + 1);
            switch (line.substring(0, blank)) {
                case "id" -> id = new MaskingRuleId(value);
                case "name" -> name = value;
                case "connection" -> connections.add(value);
                case "tag" -> {
                    int equals = value.indexOf('=');
                    if (equals < 0) {
                        throw new IllegalArgumentException("a tag is key=value");
                    }
                    tags.put(value.substring(0, equals), value.substring(equals + 1));
                }
                case "group" -> groups.add(value);
                case "mask" -> subjects.add(MaskingSubject.of(value));
                case "strategy" -> strategy = MaskingStrategy.of(value);
                default -> throw new IllegalArgumentException("a masking rule has no such field");
            }
        }
        if (id == null || name == null || strategy == null) {
            throw new IllegalArgumentException("a masking rule has an id, a name and a strategy");
        }
        var rule = new MaskingRule(id, name, connections, tags, groups, subjects, strategy);
        if (!rule.write().equals(lines)) {
            throw new IllegalArgumentException("a masking rule is written in one way only");
        }
        return rule;
    }
}
