package dev.sallyport.inspect.guardrails;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sallyport.core.policy.Globs;
import dev.sallyport.core.policy.GuardrailAction;
import dev.sallyport.core.policy.GuardrailCondition;
import dev.sallyport.core.policy.GuardrailRule;
import dev.sallyport.inspect.sql.Act;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.TableUse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Whether the conditions of a rule hold for a statement.
final class Matching {

    private final Map<String, Pattern> patterns = new HashMap<>();

    /// @throws IllegalArgumentException if an expression of a rule cannot be read
    Matching(List<GuardrailRule> rules) {
        for (var rule : rules) {
            for (var condition : rule.conditions()) {
                if (condition instanceof GuardrailCondition.Matches(var expression)) {
                    try {
                        patterns.put(expression, Pattern.compile(expression, Pattern.CASE_INSENSITIVE));
                    } catch (PatternSyntaxException e) {
                        throw new IllegalArgumentException(
                                "the expression of the rule " + rule.name() + " cannot be read", e);
                    }
                }
            }
        }
    }

    /// Whether a rule speaks of a statement, but for the rows that it changes. One that allows speaks only of a
    /// statement
    /// of which it covers everything: all that it does, all tables, columns and functions, and those for sure.
    ///
    /// @param statement empty: the text was not understood, and what is by grammar does not hold
    boolean holds(GuardrailRule rule, Optional<SqlStatement> statement, int statements, String text) {
        return rule.conditions().stream()
                .allMatch(condition -> condition.byGrammar()
                        ? statement
                                .filter(it -> rule.action() == GuardrailAction.ALLOW
                                        ? covers(condition, it, statements)
                                        : holds(condition, it, statements))
                                .isPresent()
                        : inText(condition, text));
    }

    private static boolean covers(GuardrailCondition condition, SqlStatement statement, int statements) {
        return switch (condition) {
            case GuardrailCondition.Does(var deeds) ->
                statement.acts().stream().allMatch(act -> deeds.stream().anyMatch(deed -> is(act, deed)));
            case GuardrailCondition.Reads(var tables) -> usesOnly(statement, TableUse.Use.READ, tables);
            case GuardrailCondition.Writes(var tables) -> usesOnly(statement, TableUse.Use.WRITTEN, tables);
            case GuardrailCondition.Uses(var columns) ->
                !statement.columns().isEmpty()
                        && statement.columns().stream()
                                .allMatch(use -> columns.stream().anyMatch(glob -> surely(glob, use)));
            case GuardrailCondition.Calls(var functions) ->
                !statement.functions().isEmpty()
                        && statement.functions().stream()
                                .allMatch(name -> functions.stream().anyMatch(glob -> surely(glob, name)));
            default -> holds(condition, statement, statements);
        };
    }

    private static boolean usesOnly(SqlStatement statement, TableUse.Use use, List<String> globs) {
        var tables =
                statement.tables().stream().filter(table -> table.use() == use).toList();
        return !tables.isEmpty()
                && tables.stream().allMatch(table -> globs.stream().anyMatch(glob -> surely(glob, table.table())));
    }

    /// A name without a schema is not surely of the one that is asked for.
    private static boolean surely(String glob, SqlName name) {
        return (glob.indexOf('.') < 0 || name.schema().isPresent()) && matches(glob, name);
    }

    private static boolean surely(String glob, ColumnUse use) {
        int point = glob.lastIndexOf('.');
        var column = glob.substring(point + 1);
        boolean named = use.column().equals("*") ? column.equals("*") : Globs.matches(column, lower(use.column()));
        return named
                && (point < 0
                        || use.table()
                                .filter(table -> surely(glob.substring(0, point), table))
                                .isPresent());
    }

    private static boolean holds(GuardrailCondition condition, SqlStatement statement, int statements) {
        return switch (condition) {
            case GuardrailCondition.Does(var deeds) ->
                statement.acts().stream().anyMatch(act -> deeds.stream().anyMatch(deed -> is(act, deed)));
            case GuardrailCondition.Reads(var tables) -> uses(statement, TableUse.Use.READ, tables);
            case GuardrailCondition.Writes(var tables) -> uses(statement, TableUse.Use.WRITTEN, tables);
            case GuardrailCondition.Uses(var columns) ->
                statement.columns().stream()
                        .anyMatch(use -> columns.stream().anyMatch(glob -> matches(glob, use, statement)));
            case GuardrailCondition.Calls(var functions) ->
                statement.functions().stream()
                        .anyMatch(name -> functions.stream().anyMatch(glob -> matches(glob, name)));
            case GuardrailCondition.EveryRow() -> statement.everyRow();
            case GuardrailCondition.Unlimited() -> statement.unlimited();
            case GuardrailCondition.Unseen() -> !statement.opaque().isEmpty();
            case GuardrailCondition.MoreStatements(int than) -> statements > than;
            case GuardrailCondition.MoreRows _ -> changesRows(statement);
            case GuardrailCondition.Words _, GuardrailCondition.Matches _ -> false;
        };
    }

    private static boolean changesRows(SqlStatement statement) {
        return statement.acts().stream().anyMatch(act -> switch (act.operation()) {
            case INSERT, UPDATE, DELETE, MERGE -> true;
            default -> false;
        });
    }

    private static boolean is(Act act, GuardrailCondition.Deed deed) {
        return act.operation() == deed.operation()
                && Globs.matches(deed.object(), act.object().toLowerCase(Locale.ROOT));
    }

    private static boolean uses(SqlStatement statement, TableUse.Use use, List<String> globs) {
        return statement.tables().stream()
                .filter(table -> table.use() == use)
                .anyMatch(table -> globs.stream().anyMatch(glob -> matches(glob, table.table())));
    }

    /// A name without a schema can be of any: which one is the session's business.
    private static boolean matches(String glob, SqlName name) {
        int point = glob.lastIndexOf('.');
        return Globs.matches(glob.substring(point + 1), lower(name.name()))
                && (point < 0
                        || name.schema().isEmpty()
                        || Globs.matches(
                                glob.substring(0, point), lower(name.schema().get())));
    }

    /// All columns of a table hold each of them; a column whose table is not known can be of any that is used.
    private static boolean matches(String glob, ColumnUse use, SqlStatement statement) {
        int point = glob.lastIndexOf('.');
        boolean named = use.column().equals("*") || Globs.matches(glob.substring(point + 1), lower(use.column()));
        if (!named || point < 0) {
            return named;
        }
        var table = glob.substring(0, point);
        return use.table().isPresent()
                ? matches(table, use.table().get())
                : statement.tables().stream().anyMatch(each -> matches(table, each.table()));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private boolean inText(GuardrailCondition condition, String text) {
        return switch (condition) {
            case GuardrailCondition.Words(var words) -> {
                var lower = lower(text);
                yield words.stream().anyMatch(word -> hasWord(lower, word));
            }
            case GuardrailCondition.Matches(var expression) -> {
                var pattern = patterns.get(expression);
                yield pattern != null && pattern.matcher(text).find();
            }
            default -> false;
        };
    }

    private static boolean hasWord(String text, String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || !isPart(text.charAt(at - 1))) && (end == text.length() || !isPart(text.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPart(char letter) {
        return Character.isLetterOrDigit(letter) || letter == '_';
    }
}
