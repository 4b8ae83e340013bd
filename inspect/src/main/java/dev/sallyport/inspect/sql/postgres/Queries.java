package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.TableUse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Reads what asks for rows or changes them: `select`, `insert`, `update`, `delete`, `merge`, wherever they stand.
final class Queries {

    /// What a join by names of columns leaves behind: `*` gives those that both sides have once and first, and which
    /// those are need not stand in the text.
    private static final Source JOINED_BY_NAME = new Source.Mixed("", Set.of(), true);

    private static final Set<String> KINDS =
            Set.of("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt");

    /// Aggregates that make one row of all, where nothing is grouped.
    private static final Set<String> AGGREGATES = Set.of(
            "count",
            "sum",
            "avg",
            "min",
            "max",
            "bool_and",
            "bool_or",
            "every",
            "stddev",
            "stddev_pop",
            "stddev_samp",
            "variance",
            "var_pop",
            "var_samp",
            "bit_and",
            "bit_or",
            "corr");

    /// Aggregates whose one value holds those of all rows.
    private static final Set<String> MANY_IN_ONE = Set.of(
            "array_agg",
            "string_agg",
            "json_agg",
            "json_agg_strict",
            "jsonb_agg",
            "jsonb_agg_strict",
            "json_object_agg",
            "json_object_agg_strict",
            "json_object_agg_unique",
            "json_object_agg_unique_strict",
            "jsonb_object_agg",
            "jsonb_object_agg_strict",
            "jsonb_object_agg_unique",
            "jsonb_object_agg_unique_strict",
            "range_agg",
            "xmlagg");

    private final Facts facts;
    private final Expressions expressions;
    private final Steps steps = new Steps();

    Queries(Facts facts) {
        this.facts = facts;
        this.expressions = new Expressions(facts, this);
    }

    Expressions expressions() {
        return expressions;
    }

    boolean isQuery(String kind) {
        return KINDS.contains(kind);
    }

    /// @throws NotUnderstood for anything that is no query
    Rows query(Tree.Node node, Scope scope) {
        return switch (node.kind()) {
            case "SelectStmt" -> select(node.fields(), scope);
            case "InsertStmt" -> insert(node.fields(), scope);
            case "UpdateStmt" -> update(node.fields(), scope);
            case "DeleteStmt" -> delete(node.fields(), scope);
            case "MergeStmt" -> merge(node.fields(), scope);
            default -> throw new NotUnderstood("a query holds something that is none");
        };
    }

    Rows select(JsonObject fields, Scope outer) {
        facts.act(Operation.SELECT);
        return selected(fields, outer);
    }

    /// Branches of a set operation are one act together.
    private Rows selected(JsonObject fields, Scope outer) {
        var scope = outer.inner();
        with(fields, scope);
        var rows = Tree.object(fields, "larg").isPresent() ? both(fields, scope) : one(fields, scope);
        expressions.field(fields, "sortClause", scope, ColumnUse.Where.CONDITION);
        expressions.field(fields, "limitOffset", scope, ColumnUse.Where.CONDITION);
        var count = Tree.get(fields, "limitCount");
        count.ifPresent(limit -> expressions.walk(limit, scope, ColumnUse.Where.CONDITION));
        for (var locking : Tree.list(fields, "lockingClause")) {
            facts.act(Operation.LOCK, "row");
            expressions.walk(locking, scope, ColumnUse.Where.CONDITION);
        }
        Tree.object(fields, "intoClause").ifPresent(into -> into(into, scope));
        boolean ties = Tree.text(fields, "limitOption").orElse("").equals("LIMIT_OPTION_WITH_TIES");
        boolean limited = count.filter(Limits::limits).isPresent() && !ties;
        return new Rows(rows.columns(), rows.bounded() || limited, whole(fields, scope));
    }

    /// The table of which it gives all rows, if there is one.
    private Optional<SqlName> whole(JsonObject fields, Scope scope) {
        if (scope.sources().size() != 1) {
            return Optional.empty();
        }
        var only = scope.sources().getFirst();
        return only.whole()
                .filter(_ -> Conditions.isWhole(fields, relation -> isWholeTable(relation, scope, only), steps));
    }

    private Rows both(JsonObject fields, Scope scope) {
        var left = selected(Tree.object(fields, "larg").orElseThrow(), scope);
        var right = selected(
                Tree.object(fields, "rarg").orElseThrow(() -> new NotUnderstood("a set operation has one side")),
                scope);
        return left.with(right, left.bounded() && right.bounded());
    }

    private Rows one(JsonObject fields, Scope scope) {
        for (var each : Tree.list(fields, "fromClause")) {
            from(each, scope);
        }
        var written = Tree.list(fields, "valuesLists");
        if (!written.isEmpty()) {
            return values(written, scope);
        }
        expressions.field(fields, "whereClause", scope, ColumnUse.Where.CONDITION);
        expressions.field(fields, "groupClause", scope, ColumnUse.Where.CONDITION);
        expressions.field(fields, "havingClause", scope, ColumnUse.Where.CONDITION);
        expressions.field(fields, "windowClause", scope, ColumnUse.Where.CONDITION);
        expressions.field(fields, "distinctClause", scope, ColumnUse.Where.CONDITION);
        var targets = Tree.list(fields, "targetList");
        var columns = targets(targets, scope);
        boolean grouped = Tree.get(fields, "groupClause").isPresent();
        boolean oneRow =
                !grouped && !targets.isEmpty() && targets.stream().allMatch(Queries::isOneValue) && aggregates(fields);
        boolean few = scope.sources().stream().allMatch(Source::bounded)
                && targets.stream().noneMatch(target -> calls(target, Queries::givesRows));
        if (!few && targets.stream().anyMatch(target -> calls(target, Queries::isManyInOne))) {
            facts.manyInOne();
        }
        boolean bounded = oneRow || few;
        return new Rows(columns, bounded);
    }

    private static boolean aggregates(JsonObject fields) {
        return Tree.list(fields, "targetList").stream()
                        .anyMatch(target -> calls(target, call -> call.has("funcname") && isAggregate(call)))
                || fields.has("havingClause");
    }

    private static boolean isManyInOne(JsonObject fields) {
        return (fields.has("funcname") && MANY_IN_ONE.contains(called(fields).name()))
                || fields.has("JsonArrayAgg")
                || fields.has("JsonObjectAgg");
    }

    private static boolean givesRows(JsonObject fields) {
        return fields.has("funcname") && KnownFunctions.givesItsArguments(called(fields));
    }

    private static boolean calls(JsonElement element, Predicate<JsonObject> wanted) {
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().anyMatch(each -> calls(each, wanted));
        }
        if (!element.isJsonObject()) {
            return false;
        }
        var fields = element.getAsJsonObject();
        return wanted.test(fields) || fields.asMap().values().stream().anyMatch(each -> calls(each, wanted));
    }

    private Rows values(List<JsonElement> lists, Scope scope) {
        var rows = Optional.<Rows>empty();
        for (var list : lists) {
            var columns = new ArrayList<ResultColumn>();
            for (var item : Tree.items(list)) {
                var value = expressions.walk(item, scope, ColumnUse.Where.RESULT);
                columns.add(new ResultColumn("column" + (columns.size() + 1), value.known(), value.origins()));
            }
            var row = new Rows(columns, true);
            rows = Optional.of(rows.map(before -> before.with(row, true)).orElse(row));
        }
        return rows.orElse(Rows.NONE);
    }

    /// Whether an expression has one value for all rows: made of aggregates and constants.
    private static boolean isOneValue(JsonElement element) {
        return Tree.node(element)
                .map(node -> {
                    var fields = node.fields();
                    return switch (node.kind()) {
                        case "A_Const", "ParamRef" -> true;
                        case "ResTarget" ->
                            Tree.get(fields, "val").filter(Queries::isOneValue).isPresent();
                        case "TypeCast" ->
                            Tree.get(fields, "arg").filter(Queries::isOneValue).isPresent();
                        case "CoalesceExpr" ->
                            Tree.list(fields, "args").stream().allMatch(Queries::isOneValue);
                        case "A_Expr" ->
                            Tree.get(fields, "lexpr").map(Queries::isOneValue).orElse(true)
                                    && Tree.get(fields, "rexpr")
                                            .map(Queries::isOneValue)
                                            .orElse(true);
                        case "FuncCall" ->
                            isAggregate(fields)
                                    || (KnownFunctions.pure(called(fields))
                                            && !MANY_IN_ONE.contains(
                                                    called(fields).name())
                                            && Tree.list(fields, "args").stream()
                                                    .allMatch(Queries::isOneValue));
                        default -> false;
                    };
                })
                .orElse(false);
    }

    private static boolean isAggregate(JsonObject call) {
        return AGGREGATES.contains(called(call).name()) && !call.has("over");
    }

    private static SqlName called(JsonObject call) {
        return Expressions.name(Tree.strings(Tree.list(call, "funcname")));
    }

    /// The columns of a list of results: of `select`, of `returning`.
    private List<ResultColumn> targets(List<JsonElement> targets, Scope scope) {
        var columns = new ArrayList<ResultColumn>();
        for (var target : targets) {
            var fields = Tree.node(target).map(Tree.Node::fields).orElseGet(JsonObject::new);
            var value = Tree.node(fields, "val");
            var starred = value.flatMap(node -> stars(node, scope));
            if (starred.isPresent()) {
                expressions.field(fields, "val", scope, ColumnUse.Where.RESULT);
                columns.addAll(starred.get());
                continue;
            }
            var found = expressions.field(fields, "val", scope, ColumnUse.Where.RESULT);
            expressions.field(fields, "indirection", scope, ColumnUse.Where.CONDITION);
            var name =
                    Tree.text(fields, "name").or(() -> value.map(Queries::name)).orElse("");
            columns.add(new ResultColumn(name, found.known(), found.origins()));
        }
        return columns;
    }

    /// The name that PostgreSQL gives to a result without one (`FigureColname`), as far as it is a column's or a
    /// function's; casts keep what they cast.
    private static String name(Tree.Node value) {
        return switch (value.kind()) {
            case "ColumnRef" -> last(Tree.strings(Tree.list(value.fields(), "fields")));
            case "FuncCall" -> last(Tree.strings(Tree.list(value.fields(), "funcname")));
            case "TypeCast", "CollateClause" ->
                Tree.node(value.fields(), "arg").map(Queries::name).orElse("");
            default -> "";
        };
    }

    private static String last(List<String> names) {
        return names.isEmpty() ? "" : names.getLast();
    }

    /// What `*` and `t.*` stand for.
    private static Optional<List<ResultColumn>> stars(Tree.Node value, Scope scope) {
        if (value.kind().equals("A_Indirection")) {
            // (row).*: any number of columns
            var last = Tree.list(value.fields(), "indirection");
            boolean star = !last.isEmpty()
                    && Tree.node(last.getLast())
                            .filter(node -> node.kind().equals("A_Star"))
                            .isPresent();
            return star ? Optional.of(List.of(new ResultColumn(ResultColumn.STAR, false, Set.of()))) : Optional.empty();
        }
        if (!value.kind().equals("ColumnRef")) {
            return Optional.empty();
        }
        var parts = Tree.list(value.fields(), "fields");
        var names = Tree.strings(parts);
        if (names.size() == parts.size()) {
            return Optional.empty();
        }
        if (names.isEmpty()) {
            var columns = new ArrayList<ResultColumn>();
            scope.sources().stream()
                    .filter(source -> !source.equals(JOINED_BY_NAME))
                    .forEach(source -> columns.addAll(star(source)));
            return Optional.of(scope.sources().contains(JOINED_BY_NAME) ? inAnyOrder(columns) : columns);
        }
        return Optional.of(scope.source(names.getLast())
                .map(Queries::star)
                .orElseGet(() -> List.of(new ResultColumn(ResultColumn.STAR, false, Set.of()))));
    }

    /// Columns of which the server shows those that it joined by first, and once.
    private static List<ResultColumn> inAnyOrder(List<ResultColumn> columns) {
        var origins = new LinkedHashSet<ColumnUse>();
        columns.forEach(column -> origins.addAll(column.origins()));
        boolean byOwnNames = columns.stream()
                .allMatch(column -> column.known() && column.name().equals(ResultColumn.STAR));
        return List.of(new ResultColumn(ResultColumn.STAR, byOwnNames, origins));
    }

    private static List<ResultColumn> star(Source source) {
        return switch (source) {
            case Source.Table(var _, var table, var renamed) ->
                List.of(new ResultColumn(
                        ResultColumn.STAR,
                        !renamed,
                        Set.of(new ColumnUse(Optional.of(table), "*", ColumnUse.Where.RESULT))));
            case Source.Rows(var _, var columns, var _, var _) -> columns;
            case Source.Mixed(var _, var origins, var _, var _) ->
                List.of(new ResultColumn(ResultColumn.STAR, false, origins));
        };
    }

    private void with(JsonObject fields, Scope scope) {
        var clause = Tree.object(fields, "withClause");
        if (clause.isEmpty()) {
            return;
        }
        boolean recursive = Tree.flag(clause.get(), "recursive");
        var tables = Tree.list(clause.get(), "ctes").stream()
                .map(each -> Tree.node(each).map(Tree.Node::fields).orElseGet(JsonObject::new))
                .toList();
        if (recursive) {
            // any of them may name any: until it is read, one stands for whatever can be in it
            for (var table : tables) {
                var all = new ResultColumn(ResultColumn.STAR, false, Set.of());
                scope.commonTable(Tree.text(table, "ctename").orElse(""), new Rows(List.of(all), false));
            }
        }
        for (var table : tables) {
            var name = Tree.text(table, "ctename").orElse("");
            var query = Tree.node(table, "ctequery")
                    .orElseThrow(() -> new NotUnderstood("a common table expression without a query"));
            var names = Tree.strings(Tree.list(table, "aliascolnames"));
            var rows = query(query, scope).named(names);
            expressions.field(table, "search_clause", scope, ColumnUse.Where.CONDITION);
            expressions.field(table, "cycle_clause", scope, ColumnUse.Where.CONDITION);
            boolean more = table.has("search_clause") || table.has("cycle_clause");
            scope.commonTable(
                    name,
                    recursive || more
                            ? new Rows(
                                    List.of(new ResultColumn(ResultColumn.STAR, false, rows.origins())),
                                    false,
                                    rows.whole())
                            : rows);
        }
    }

    /// A source of rows, added to the scope.
    private void from(JsonElement element, Scope scope) {
        var node = Tree.node(element).orElseThrow(() -> new NotUnderstood("rows come from something unknown"));
        var fields = node.fields();
        switch (node.kind()) {
            case "RangeVar" -> scope.add(table(fields, scope));
            case "JoinExpr" -> join(fields, scope);
            case "RangeSubselect" -> {
                var rows = Tree.node(fields, "subquery")
                        .map(query -> query(query, scope))
                        .orElseThrow(() -> new NotUnderstood("a subquery without a query"));
                scope.add(source(rows, fields, ""));
            }
            case "RangeTableSample" -> {
                from(Tree.get(fields, "relation").orElseThrow(() -> new NotUnderstood("a sample of nothing")), scope);
                expressions.field(fields, "method", scope, ColumnUse.Where.CONDITION);
                expressions.field(fields, "args", scope, ColumnUse.Where.CONDITION);
            }
            case "RangeFunction" -> {
                var value = expressions.field(fields, "functions", scope, ColumnUse.Where.RESULT);
                scope.add(new Source.Mixed(alias(fields, functionName(fields)), value.origins(), isOneRow(fields)));
                if (!harmless(fields)) {
                    facts.unseenRows();
                }
            }
            default -> {
                // XMLTABLE, JSON_TABLE and what may come: rows made of what they hold
                var value = expressions.walk(element, scope, ColumnUse.Where.RESULT);
                scope.add(new Source.Mixed(alias(fields, ""), value.origins(), true));
            }
        }
    }

    private static String functionName(JsonObject fields) {
        return functions(fields).stream().findFirst().map(SqlName::name).orElse("");
    }

    private static boolean harmless(JsonObject fields) {
        var functions = functions(fields);
        return !functions.isEmpty()
                && functions.stream()
                        .allMatch(each -> KnownFunctions.givesItsArguments(each) || KnownFunctions.givesOneRow(each));
    }

    private static boolean isOneRow(JsonObject fields) {
        var functions = functions(fields);
        return !functions.isEmpty() && functions.stream().allMatch(KnownFunctions::givesOneRow);
    }

    private static List<SqlName> functions(JsonObject fields) {
        var names = new ArrayList<SqlName>();
        for (var list : Tree.list(fields, "functions")) {
            for (var item : Tree.items(list)) {
                Tree.node(item)
                        .ifPresent(node ->
                                names.add(Expressions.name(Tree.strings(Tree.list(node.fields(), "funcname")))));
            }
        }
        return names;
    }

    private void join(JsonObject fields, Scope scope) {
        // what is joined is named on its own, unless the join has a name of its own
        var within = Tree.object(fields, "alias").isPresent() ? scope.inner() : scope;
        from(Tree.get(fields, "larg").orElseThrow(() -> new NotUnderstood("a join has one side")), within);
        from(Tree.get(fields, "rarg").orElseThrow(() -> new NotUnderstood("a join has one side")), within);
        expressions.field(fields, "quals", within, ColumnUse.Where.CONDITION);
        for (var name : Tree.strings(Tree.list(fields, "usingClause"))) {
            facts.columns(
                    within.column(List.of(name), ColumnUse.Where.CONDITION).uses());
        }
        if (within != scope) {
            var origins = new LinkedHashSet<ColumnUse>();
            within.sources()
                    .forEach(source -> origins.addAll(
                            Scope.of(source, "*", ColumnUse.Where.RESULT).uses()));
            boolean bounded = within.sources().stream().allMatch(Source::bounded);
            scope.add(new Source.Mixed(alias(fields, ""), origins, bounded));
        } else if (Tree.flag(fields, "isNatural") || fields.has("usingClause")) {
            scope.add(JOINED_BY_NAME);
        }
    }

    private static String alias(JsonObject fields, String otherwise) {
        return Tree.object(fields, "alias")
                .flatMap(alias -> Tree.text(alias, "aliasname"))
                .orElse(otherwise);
    }

    private Source source(Rows rows, JsonObject fields, String name) {
        var names = Tree.object(fields, "alias")
                .map(alias -> Tree.strings(Tree.list(alias, "colnames")))
                .orElse(List.of());
        var named = rows.named(names);
        var alias = alias(fields, name);
        return named.exact()
                ? new Source.Rows(alias, named.columns(), named.bounded(), named.whole())
                : new Source.Mixed(alias, named.origins(), named.bounded(), named.whole());
    }

    private Source table(JsonObject fields, Scope scope) {
        var name = name(fields);
        var common = name.schema().isEmpty() ? scope.commonTable(name.name()) : Optional.<Rows>empty();
        if (common.isPresent()) {
            return source(common.get(), fields, name.name());
        }
        facts.table(name, TableUse.Use.READ);
        boolean renamed = Tree.object(fields, "alias")
                .filter(alias -> alias.has("colnames"))
                .isPresent();
        return new Source.Table(alias(fields, name.name()), name, renamed);
    }

    static SqlName name(JsonObject relation) {
        var name = Tree.text(relation, "relname").orElse("");
        boolean temporary = Tree.text(relation, "relpersistence").orElse("").equals("t");
        return Tree.text(relation, "schemaname")
                .or(() -> temporary ? Optional.of("pg_temp") : Optional.empty())
                .map(schema -> SqlName.of(schema, name))
                .orElseGet(() -> SqlName.of(name));
    }

    /// A table that is read, wherever it stands.
    void read(JsonObject relation) {
        facts.table(name(relation), TableUse.Use.READ);
    }

    private void into(JsonObject clause, Scope scope) {
        facts.act(Operation.CREATE, "table");
        Tree.object(clause, "rel").ifPresent(relation -> facts.table(name(relation), TableUse.Use.WRITTEN));
        expressions.field(clause, "options", scope, ColumnUse.Where.CONDITION);
    }

    private Source target(JsonObject fields) {
        var relation = Tree.object(fields, "relation").orElseThrow(() -> new NotUnderstood("a change of no table"));
        var name = name(relation);
        facts.table(name, TableUse.Use.WRITTEN);
        return new Source.Table(alias(relation, name.name()), name, false);
    }

    private Rows insert(JsonObject fields, Scope outer) {
        facts.act(Operation.INSERT);
        var scope = outer.inner();
        with(fields, scope);
        var target = target(fields);
        written(Tree.list(fields, "cols"), target);
        var given = Tree.node(fields, "selectStmt")
                .map(query -> inserted(query, scope))
                .orElse(Rows.NONE);
        boolean few = given.bounded();
        boolean ofItself = given.whole().filter(table -> isSame(table, target)).isPresent();
        scope.add(target);
        Tree.object(fields, "onConflictClause").ifPresent(conflict -> {
            expressions.field(conflict, "infer", scope, ColumnUse.Where.CONDITION);
            var targets = Tree.list(conflict, "targetList");
            if (targets.isEmpty()) {
                return;
            }
            facts.act(Operation.UPDATE);
            var within = scope.inner();
            within.add(alias("excluded", target));
            set(targets, target, within);
            expressions.field(conflict, "whereClause", within, ColumnUse.Where.CONDITION);
            // what is there already is written once more: each row meets itself
            if (ofItself
                    && !Tree.get(conflict, "whereClause")
                            .map(where -> Conditions.chooses(where, changed(scope, target)))
                            .orElse(false)) {
                facts.everyRow();
            }
        });
        return returned(fields, scope, target, few);
    }

    /// Values that are inserted are no `select` of their own.
    private Rows inserted(Tree.Node query, Scope scope) {
        return query.fields().has("valuesLists") ? selected(query.fields(), scope) : query(query, scope);
    }

    private Rows update(JsonObject fields, Scope outer) {
        facts.act(Operation.UPDATE);
        var scope = outer.inner();
        with(fields, scope);
        var target = target(fields);
        scope.add(target);
        for (var each : Tree.list(fields, "fromClause")) {
            from(each, scope);
        }
        set(Tree.list(fields, "targetList"), target, scope);
        condition(fields, "whereClause", scope, target);
        return returned(fields, scope, target, false);
    }

    private Rows delete(JsonObject fields, Scope outer) {
        facts.act(Operation.DELETE);
        var scope = outer.inner();
        with(fields, scope);
        var target = target(fields);
        scope.add(target);
        for (var each : Tree.list(fields, "usingClause")) {
            from(each, scope);
        }
        condition(fields, "whereClause", scope, target);
        return returned(fields, scope, target, false);
    }

    private void condition(JsonObject fields, String name, Scope scope, Source target) {
        var condition = Tree.get(fields, name);
        condition.ifPresent(where -> expressions.walk(where, scope, ColumnUse.Where.CONDITION));
        if (!condition
                .map(where -> Conditions.chooses(where, changed(scope, target)))
                .orElse(false)) {
            facts.everyRow();
        }
    }

    /// The table that is changed, among the sources beside it.
    private Conditions.Target changed(Scope scope, Source target) {
        var others = scope.sources().stream().filter(source -> source != target).toList();
        var copies = new LinkedHashSet<String>();
        for (var other : others) {
            if (other.whole().filter(table -> isSame(table, target)).isPresent()) {
                copies.add(other.alias());
            }
        }
        return new Conditions.Target(
                target.alias(),
                column -> others.stream().noneMatch(other -> canHave(other, column)),
                relation -> isWholeTable(relation, scope, target),
                copies,
                steps);
    }

    private static boolean canHave(Source source, String column) {
        return !(source instanceof Source.Rows rows)
                || rows.columns().stream()
                        .anyMatch(each ->
                                each.name().equals(column) || each.name().equals(ResultColumn.STAR));
    }

    private static boolean isWholeTable(JsonObject relation, Scope scope, Source target) {
        var name = name(relation);
        var common = name.schema().isEmpty() ? scope.commonTable(name.name()) : Optional.<Rows>empty();
        return common.map(Rows::whole)
                .orElse(Optional.of(name))
                .filter(table -> isSame(table, target))
                .isPresent();
    }

    /// A name without a schema can be that of any.
    private static boolean isSame(SqlName table, Source target) {
        return target.whole()
                .filter(own -> own.name().equals(table.name())
                        && (own.schema().isEmpty()
                                || table.schema().isEmpty()
                                || own.schema().equals(table.schema())))
                .isPresent();
    }

    private Rows merge(JsonObject fields, Scope outer) {
        facts.act(Operation.MERGE);
        var scope = outer.inner();
        with(fields, scope);
        var target = target(fields);
        scope.add(target);
        Tree.get(fields, "sourceRelation").ifPresent(source -> from(source, scope));
        var join = Tree.get(fields, "joinCondition");
        join.ifPresent(condition -> expressions.walk(condition, scope, ColumnUse.Where.CONDITION));
        boolean joined = join.map(condition -> Conditions.chooses(condition, changed(scope, target)))
                .orElse(false);
        for (var each : Tree.list(fields, "mergeWhenClauses")) {
            when(Tree.node(each).map(Tree.Node::fields).orElseGet(JsonObject::new), scope, target, joined);
        }
        return returned(fields, scope, target, false);
    }

    private void when(JsonObject clause, Scope scope, Source target, boolean joined) {
        var condition = Tree.get(clause, "condition");
        condition.ifPresent(each -> expressions.walk(each, scope, ColumnUse.Where.CONDITION));
        var targets = Tree.list(clause, "targetList");
        var command = Tree.text(clause, "commandType").orElse("");
        switch (command) {
            case "CMD_INSERT" -> {
                facts.act(Operation.INSERT);
                written(targets, target);
                expressions.field(clause, "values", scope, ColumnUse.Where.WRITTEN);
            }
            case "CMD_UPDATE" -> {
                facts.act(Operation.UPDATE);
                set(targets, target, scope);
            }
            case "CMD_DELETE" -> facts.act(Operation.DELETE);
            case "CMD_NOTHING" -> {
                return;
            }
            default -> throw new NotUnderstood("a merge does something unknown");
        }
        boolean chosen = condition
                .map(each -> Conditions.chooses(each, changed(scope, target)))
                .orElse(false);
        boolean matched = !Tree.text(clause, "matchKind").orElse("").equals("MERGE_WHEN_NOT_MATCHED_BY_SOURCE");
        if (!command.equals("CMD_INSERT") && !chosen && !(joined && matched)) {
            facts.everyRow();
        }
    }

    private void set(List<JsonElement> targets, Source target, Scope scope) {
        written(targets, target);
        for (var each : targets) {
            var fields = Tree.node(each).map(Tree.Node::fields).orElseGet(JsonObject::new);
            expressions.field(fields, "indirection", scope, ColumnUse.Where.CONDITION);
            // what is written into a column can be read there: its origins count as read
            expressions.field(fields, "val", scope, ColumnUse.Where.RESULT);
        }
    }

    private void written(List<JsonElement> columns, Source target) {
        for (var column : columns) {
            Tree.node(column)
                    .flatMap(node -> Tree.text(node.fields(), "name"))
                    .ifPresent(name -> facts.columns(
                            Scope.of(target, name, ColumnUse.Where.WRITTEN).uses()));
        }
    }

    private Rows returned(JsonObject fields, Scope scope, Source target, boolean bounded) {
        // until PostgreSQL 17 a list, since then a clause with names for the old and the new row
        var clause = Tree.object(fields, "returningClause");
        var targets = clause.map(each -> Tree.list(each, "exprs")).orElseGet(() -> Tree.list(fields, "returningList"));
        if (targets.isEmpty()) {
            return Rows.NONE;
        }
        var within = scope.inner();
        scope.sources().forEach(within::add);
        within.add(unlisted("old", target));
        within.add(unlisted("new", target));
        clause.map(each -> Tree.list(each, "options"))
                .orElse(List.of())
                .forEach(option -> Tree.node(option)
                        .flatMap(node -> Tree.text(node.fields(), "value"))
                        .ifPresent(name -> within.add(unlisted(name, target))));
        return new Rows(returning(targets, scope, within), bounded);
    }

    /// `*` is of the statement's own tables; `old` and `new` are only there by name.
    private List<ResultColumn> returning(List<JsonElement> targets, Scope plain, Scope within) {
        var columns = new ArrayList<ResultColumn>();
        for (var target : targets) {
            boolean bare = Tree.node(target)
                    .flatMap(node -> Tree.node(node.fields(), "val"))
                    .filter(value -> value.kind().equals("ColumnRef")
                            && Tree.list(value.fields(), "fields").size() == 1)
                    .isPresent();
            columns.addAll(targets(List.of(target), bare ? plain : within));
        }
        return columns;
    }

    private static Source unlisted(String name, Source target) {
        return alias(name, target);
    }

    private static Source alias(String name, Source target) {
        return target instanceof Source.Table(var _, var table, var renamed)
                ? new Source.Table(name, table, renamed)
                : target;
    }
}
