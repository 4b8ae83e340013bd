package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.SqlName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Walks expressions: notes the columns and functions that they use, and tells what can be in their value.
///
/// A kind of node that is not named here is walked through to whatever it holds, so that nothing is passed over.
final class Expressions {

    /// Operators whose answer is a truth about their operands, and not made of them.
    private static final Set<String> COMPARISONS = Set.of(
            "=", "<>", "!=", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*", "@>", "<@", "&&",
            "?", "?|", "?&", "@@", "@?");

    /// What can be in a value.
    ///
    /// @param known whether `origins` are all there are
    record Value(Set<ColumnUse> origins, boolean known) {

        static final Value NONE = new Value(Set.of(), true);

        Value with(Value other) {
            if (other.origins.isEmpty() && other.known) {
                return this;
            }
            var both = new LinkedHashSet<>(origins);
            both.addAll(other.origins);
            return new Value(both, known && other.known);
        }
    }

    private final Facts facts;
    private final Queries queries;

    Expressions(Facts facts, Queries queries) {
        this.facts = facts;
        this.queries = queries;
    }

    Value all(List<JsonElement> elements, Scope scope, ColumnUse.Where where) {
        var value = Value.NONE;
        for (var element : elements) {
            value = value.with(walk(element, scope, where));
        }
        return value;
    }

    /// What stands in a field, if anything does.
    Value field(JsonObject fields, String name, Scope scope, ColumnUse.Where where) {
        return Tree.get(fields, name)
                .map(element -> walk(element, scope, where))
                .orElse(Value.NONE);
    }

    Value walk(JsonElement element, Scope scope, ColumnUse.Where where) {
        if (element.isJsonArray()) {
            return all(element.getAsJsonArray().asList(), scope, where);
        }
        if (!element.isJsonObject()) {
            return Value.NONE;
        }
        var node = Tree.node(element);
        return node.isPresent() ? node(node.get(), scope, where) : fixed(element.getAsJsonObject(), scope, where);
    }

    private Value node(Tree.Node node, Scope scope, ColumnUse.Where where) {
        var fields = node.fields();
        return switch (node.kind()) {
            case "ColumnRef" -> column(fields, scope, where);
            case "FuncCall" -> function(fields, scope, where);
            case "SubLink" -> subLink(fields, scope, where);
            case "A_Expr" -> operator(fields, scope, where);
            case "BoolExpr", "NullTest", "BooleanTest" -> {
                fields(fields, scope, where == ColumnUse.Where.RESULT ? ColumnUse.Where.CONDITION : where);
                yield Value.NONE;
            }
            case "JsonArrayQueryConstructor" -> {
                if (where == ColumnUse.Where.RESULT) {
                    facts.manyInOne();
                }
                yield fields(fields, scope, where);
            }
            case "CaseExpr" -> choice(fields, scope, where);
            case "A_Const", "ParamRef", "String", "Integer", "TypeName" -> Value.NONE;
            case "RangeVar" -> {
                // a table where an expression was expected: nothing we know puts it there
                queries.read(fields);
                yield new Value(Set.of(), false);
            }
            default -> {
                if (queries.isQuery(node.kind())) {
                    var rows = queries.query(node, scope);
                    yield new Value(rows.origins(), false);
                }
                yield fields(fields, scope, where);
            }
        };
    }

    /// A node of a kind that its field fixes: told by its fields.
    private Value fixed(JsonObject fields, Scope scope, ColumnUse.Where where) {
        if (fields.has("funcname")) {
            return function(fields, scope, where);
        }
        if (fields.has("relname")) {
            queries.read(fields);
            return new Value(Set.of(), false);
        }
        if (fields.has("limitOption")) {
            return new Value(queries.select(fields, scope).origins(), false);
        }
        return fields(fields, scope, where);
    }

    private Value fields(JsonObject fields, Scope scope, ColumnUse.Where where) {
        var value = Value.NONE;
        for (var field : fields.asMap().values()) {
            value = value.with(walk(field, scope, where));
        }
        return value;
    }

    private Value column(JsonObject fields, Scope scope, ColumnUse.Where where) {
        var parts = Tree.list(fields, "fields");
        var names = Tree.strings(parts);
        boolean star = names.size() < parts.size();
        if (!star) {
            var resolved = scope.column(names, where);
            facts.columns(resolved.uses());
            return new Value(resolved.uses(), resolved.known());
        }
        var uses = new LinkedHashSet<ColumnUse>();
        if (names.isEmpty()) {
            scope.sources()
                    .forEach(source -> uses.addAll(Scope.of(source, "*", where).uses()));
        } else if (names.size() == 1) {
            scope.source(names.getFirst())
                    .ifPresent(
                            source -> uses.addAll(Scope.of(source, "*", where).uses()));
        } else {
            var table = SqlName.of(names.get(names.size() - 2), names.getLast());
            uses.add(new ColumnUse(java.util.Optional.of(table), "*", where));
        }
        facts.columns(uses);
        return new Value(uses, false);
    }

    private Value function(JsonObject fields, Scope scope, ColumnUse.Where where) {
        var name = name(Tree.strings(Tree.list(fields, "funcname")));
        facts.function(name);
        var value = all(Tree.list(fields, "args"), scope, where)
                .with(all(Tree.list(fields, "agg_order"), scope, ColumnUse.Where.CONDITION));
        field(fields, "agg_filter", scope, ColumnUse.Where.CONDITION);
        field(fields, "over", scope, ColumnUse.Where.CONDITION);
        if (name.name().equals("count")) {
            return Value.NONE;
        }
        return new Value(value.origins(), value.known() && KnownFunctions.pure(name));
    }

    static SqlName name(List<String> parts) {
        return switch (parts.size()) {
            case 0 -> SqlName.of("");
            case 1 -> SqlName.of(parts.getFirst());
            default -> SqlName.of(parts.get(parts.size() - 2), parts.getLast());
        };
    }

    private Value operator(JsonObject fields, Scope scope, ColumnUse.Where where) {
        var operator = Tree.strings(Tree.list(fields, "name"));
        var kind = Tree.text(fields, "kind").orElse("");
        boolean truth = (!kind.equals("AEXPR_OP") && !kind.equals("AEXPR_NULLIF"))
                || (!operator.isEmpty() && COMPARISONS.contains(operator.getLast()));
        if (!truth) {
            return fields(fields, scope, where);
        }
        fields(fields, scope, where == ColumnUse.Where.RESULT ? ColumnUse.Where.CONDITION : where);
        return Value.NONE;
    }

    private Value choice(JsonObject fields, Scope scope, ColumnUse.Where where) {
        var condition = where == ColumnUse.Where.RESULT ? ColumnUse.Where.CONDITION : where;
        field(fields, "arg", scope, condition);
        var value = field(fields, "defresult", scope, where);
        for (var each : Tree.list(fields, "args")) {
            var when = Tree.node(each).map(Tree.Node::fields).orElseGet(JsonObject::new);
            field(when, "expr", scope, condition);
            value = value.with(field(when, "result", scope, where));
        }
        return value;
    }

    private Value subLink(JsonObject fields, Scope scope, ColumnUse.Where where) {
        var kind = Tree.text(fields, "subLinkType").orElse("").toUpperCase(Locale.ROOT);
        field(fields, "testexpr", scope, ColumnUse.Where.CONDITION);
        var rows = Tree.node(fields, "subselect")
                .map(query -> queries.query(query, scope))
                .orElse(Rows.NONE);
        if (kind.equals("ARRAY_SUBLINK") && where == ColumnUse.Where.RESULT && !rows.bounded()) {
            facts.manyInOne();
        }
        return switch (kind) {
            case "EXISTS_SUBLINK", "ALL_SUBLINK", "ANY_SUBLINK" -> Value.NONE;
            default ->
                new Value(
                        rows.origins(),
                        rows.columns().stream().allMatch(dev.sallyport.inspect.sql.ResultColumn::known));
        };
    }
}
