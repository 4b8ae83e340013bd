package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/// Expressions as texts that are equal when the expressions say the same: without places, casts, collations, the name
/// of
/// the table whose columns they are, and what adds nothing.
final class Shapes {

    private final String table;
    private final Steps steps;

    /// @param table by which columns can be qualified that also stand without
    Shapes(String table, Steps steps) {
        this.table = table;
        this.steps = steps;
    }

    String of(JsonElement element) {
        var out = new StringBuilder();
        write(element, out);
        return out.toString();
    }

    private void write(JsonElement whole, StringBuilder out) {
        steps.one();
        var element = bare(whole);
        if (element.isJsonArray()) {
            out.append('[');
            element.getAsJsonArray().forEach(each -> write(each, out));
            out.append(']');
            return;
        }
        if (!element.isJsonObject()) {
            out.append(element).append(',');
            return;
        }
        var column = column(element);
        if (column.isPresent()) {
            out.append(column.get()).append(';');
            return;
        }
        out.append('{');
        element.getAsJsonObject().asMap().forEach((name, value) -> {
            if (!name.equals("location") && !name.startsWith("rexpr_list_") && !name.startsWith("list_")) {
                out.append(name).append(':');
                write(value, out);
            }
        });
        out.append('}');
    }

    private Optional<String> column(JsonElement element) {
        return Tree.node(element)
                .filter(node -> node.kind().equals("ColumnRef"))
                .map(node -> Tree.list(node.fields(), "fields"))
                .flatMap(parts -> {
                    var names = Tree.strings(parts);
                    boolean own = names.size() == parts.size()
                            && !names.isEmpty()
                            && (names.size() == 1 || names.get(names.size() - 2).equals(table));
                    return own ? Optional.of("column " + names.getLast()) : Optional.empty();
                });
    }

    /// Without casts of what is no constant, collations, `+` before it and `|| ''` after it.
    static JsonElement bare(JsonElement element) {
        var at = element;
        while (true) {
            var inner = Tree.node(at).flatMap(Shapes::inner);
            if (inner.isEmpty()) {
                return at;
            }
            at = inner.get();
        }
    }

    private static Optional<JsonElement> inner(Tree.Node node) {
        var fields = node.fields();
        return switch (node.kind()) {
            case "CollateClause" -> Tree.get(fields, "arg");
            case "TypeCast" ->
                Tree.get(fields, "arg")
                        .filter(arg -> Tree.node(arg)
                                .filter(inner -> !inner.kind().equals("A_Const"))
                                .isPresent());
            case "A_Expr" -> {
                if (!Tree.text(fields, "kind").orElse("").equals("AEXPR_OP")) {
                    yield Optional.empty();
                }
                var left = Tree.get(fields, "lexpr");
                var right = Tree.get(fields, "rexpr");
                yield switch (operator(fields)) {
                    case "+" -> left.isEmpty() ? right : Optional.empty();
                    case "||" ->
                        right.filter(Shapes::isEmptyText).isPresent()
                                ? left
                                : left.filter(Shapes::isEmptyText).isPresent() ? right : Optional.empty();
                    default -> Optional.empty();
                };
            }
            default -> Optional.empty();
        };
    }

    private static boolean isEmptyText(JsonElement element) {
        return Constants.of(element).filter(""::equals).isPresent();
    }

    /// The operator, if it is PostgreSQL's own; one of another schema can mean anything.
    static String operator(JsonObject fields) {
        var name = Tree.strings(Tree.list(fields, "name"));
        boolean own = name.size() == 1 || (name.size() == 2 && name.getFirst().equals("pg_catalog"));
        return own ? name.getLast() : "";
    }

    static boolean calls(JsonElement element) {
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().anyMatch(Shapes::calls);
        }
        return element.isJsonObject()
                && (element.getAsJsonObject().has("funcname")
                        || element.getAsJsonObject().has("subLinkType")
                        || element.getAsJsonObject().asMap().values().stream().anyMatch(Shapes::calls));
    }
}
