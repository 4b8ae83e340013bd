package dev.sallyport.inspect.masking;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sallyport.core.policy.EntityType;
import dev.sallyport.core.policy.Globs;
import dev.sallyport.core.policy.MaskingRule;
import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.core.policy.MaskingSubject;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The masking rules of one session, in the form in which they are asked. Immutable.
final class Policy {

    /// What a rule says of something.
    ///
    /// @param order the rule's place; the least wins
    /// @param label what a redacted value is called, and counted as
    /// @param type what is masked, when that is known
    record Decision(int order, MaskingStrategy strategy, String label, Optional<EntityType> type) {

        boolean shows() {
            return strategy instanceof MaskingStrategy.Show;
        }
    }

    /// A pattern of an admin's.
    record Custom(Pattern pattern, Decision decision) {}

    private record Glob(String schema, String table, String column, Decision decision) {

        boolean matches(Optional<String> inSchema, Optional<String> ofTable, String name) {
            return (name.equals("*") || Globs.matches(column, name))
                    && ofTable.map(text -> Globs.matches(table, text)).orElse(true)
                    && inSchema.map(text -> Globs.matches(schema, text)).orElse(true);
        }
    }

    private final Map<EntityType, Decision> types = new EnumMap<>(EntityType.class);
    private final List<Glob> globs = new ArrayList<>();
    private final List<Custom> customs = new ArrayList<>();

    /// @throws IllegalArgumentException if a pattern is none
    Policy(List<MaskingRule> rules) {
        for (int order = 0; order < rules.size(); order++) {
            var rule = rules.get(order);
            for (var subject : rule.subjects()) {
                switch (subject) {
                    case MaskingSubject.OfType(EntityType type) -> add(order, rule, type);
                    case MaskingSubject.OfClass(var entityClass) -> {
                        for (var type : EntityType.values()) {
                            if (type.entityClass() == entityClass) {
                                add(order, rule, type);
                            }
                        }
                    }
                    case MaskingSubject.OfColumn(String glob) -> globs.add(glob(order, rule, glob));
                    case MaskingSubject.OfPattern(String expression) -> customs.add(custom(order, rule, expression));
                }
            }
        }
    }

    private void add(int order, MaskingRule rule, EntityType type) {
        types.putIfAbsent(type, new Decision(order, rule.strategy(), type.word(), Optional.of(type)));
    }

    private static Glob glob(int order, MaskingRule rule, String text) {
        var parts = text.split("\\.", -1);
        int n = parts.length;
        return new Glob(
                n > 2 ? parts[0] : "*",
                n > 1 ? parts[n - 2] : "*",
                parts[n - 1],
                new Decision(order, rule.strategy(), rule.name(), TellingNames.of(parts[n - 1])));
    }

    private static Custom custom(int order, MaskingRule rule, String expression) {
        try {
            return new Custom(
                    Pattern.compile(expression), new Decision(order, rule.strategy(), rule.name(), Optional.empty()));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("the pattern of the masking rule " + rule.name() + " cannot be read", e);
        }
    }

    /// The types whose values are masked wherever they are found.
    Set<EntityType> scanned() {
        var scanned = EnumSet.noneOf(EntityType.class);
        types.forEach((type, decision) -> {
            if (!decision.shows()) {
                scanned.add(type);
            }
        });
        return scanned;
    }

    boolean masksNothing() {
        return scanned().isEmpty()
                && globs.stream().allMatch(glob -> glob.decision.shows())
                && customs.stream().allMatch(custom -> custom.decision.shows());
    }

    /// What is said of a found value.
    Decision of(EntityType type) {
        var decision = types.get(type);
        if (decision == null) {
            throw new IllegalStateException("only types of rules are scanned for");
        }
        return decision;
    }

    List<Custom> customs() {
        return customs;
    }

    /// Whether any rule is about columns.
    boolean hasColumns() {
        return !globs.isEmpty();
    }

    /// What is said of a column of a table, by globs and by its telling name.
    Optional<Decision> ofColumn(Optional<SqlName> table, String column) {
        var name = column.toLowerCase(Locale.ROOT);
        var schema = table.flatMap(SqlName::schema).map(text -> text.toLowerCase(Locale.ROOT));
        var tableName = table.map(text -> text.name().toLowerCase(Locale.ROOT));
        var byGlob = globs.stream()
                .filter(glob -> glob.matches(schema, tableName, name))
                .map(Glob::decision)
                .findFirst();
        var byName = ofName(column);
        if (byGlob.isPresent() && byName.isPresent()) {
            return byGlob.get().order() <= byName.get().order() ? byGlob : byName;
        }
        return byGlob.or(() -> byName);
    }

    /// What is said of a telling name.
    Optional<Decision> ofName(String name) {
        return TellingNames.of(name).flatMap(type -> Optional.ofNullable(types.get(type)));
    }

    Optional<Decision> ofColumn(ColumnUse use) {
        return ofColumn(use.table(), use.column());
    }
}
