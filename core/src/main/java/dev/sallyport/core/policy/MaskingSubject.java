package dev.sallyport.core.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/// What a masking rule speaks of.
public sealed interface MaskingSubject {

    /// Values of a type, and columns whose name tells it.
    record OfType(EntityType type) implements MaskingSubject {}

    /// Values of all types of a class, likewise.
    record OfClass(EntityClass entityClass) implements MaskingSubject {}

    /// Columns by name, with `*` for any run of characters: `column`, `table.column` or `schema.table.column`; parts
    /// that are not there are any. Case does not count.
    record OfColumn(String glob) implements MaskingSubject {

        private static final Pattern FORM = Pattern.compile("[^.\\s\\p{Cntrl}]{1,63}(\\.[^.\\s\\p{Cntrl}]{1,63}){0,2}");

        public OfColumn {
            if (!FORM.matcher(glob).matches()) {
                throw new IllegalArgumentException("a column is named as column, table.column or schema.table.column");
            }
            glob = glob.toLowerCase(Locale.ROOT);
        }
    }

    /// Values that a regular expression of RE2's syntax finds: matched in time linear in the value.
    record OfPattern(String expression) implements MaskingSubject {

        /// Longest expression, in characters.
        public static final int LONGEST = 512;

        public OfPattern {
            if (expression.isEmpty()
                    || expression.length() > LONGEST
                    || expression.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "a pattern has 1 to " + LONGEST + " characters, none of them a control character");
            }
        }
    }

    /// As rules write it: `type email`, `class credential`, `column shop.customers.*`, `pattern EMP-\d+`.
    default String text() {
        return switch (this) {
            case OfType(EntityType type) -> "type " + type.word();
            case OfClass(EntityClass entityClass) -> "class " + entityClass.word();
            case OfColumn(String glob) -> "column " + glob;
            case OfPattern(String expression) -> "pattern " + expression;
        };
    }

    /// The one that `text` names.
    ///
    /// @throws IllegalArgumentException if it names none
    static MaskingSubject of(String text) {
        int blank = text.indexOf(' ');
        var what = blank < 0 ? "" : text.substring(blank + 1);
        return switch (blank < 0 ? "" : text.substring(0, blank)) {
            case "type" ->
                new OfType(EntityType.of(what)
                        .orElseThrow(() -> new IllegalArgumentException("no entity type has this name")));
            case "class" ->
                new OfClass(Arrays.stream(EntityClass.values())
                        .filter(each -> each.word().equals(what))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no class of entity types has this name")));
            case "column" -> new OfColumn(what);
            case "pattern" -> new OfPattern(what);
            default -> throw new IllegalArgumentException("a rule masks a type, a class, a column or a pattern");
        };
    }
}
