package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse.Where;
import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.mysql.Expression.Column;
import dev.sallyport.inspect.sql.mysql.Query.From;
import dev.sallyport.inspect.sql.mysql.Query.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what changes rows: `insert`, `replace`, `update`, `delete`, `load data` (MySQL's manual, 15.2.2, 15.2.7,
/// 15.2.9, 15.2.12, 15.2.17; MariaDB's pages of the same names).
final class Changes {
    private final Parser parser;
    private final Facts facts;
    private final Analysis analysis;

    Changes(Parser parser, Analysis analysis) {
        this.parser = parser;
        this.facts = analysis.facts();
        this.analysis = analysis;
    }

    /// What is written into a column.
    private record Assignment(Column column, Expression value) {}

    void insert() {
        var tokens = parser.tokens;
        boolean replace = tokens.next().is("REPLACE");
        facts.act(Operation.INSERT);
        if (replace) {
            facts.act(Operation.DELETE);
        }
        while (tokens.takeOneOf("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE")) {
            // none changes what is written
        }
        tokens.take("INTO");
        var target = target(parser.tables.bare(), Optional.empty());
        var scope = Scope.outermost().inner();
        if (tokens.is("(") && !parser.queries.begins()) {
            columns(target);
        }
        var given = inserted(target, scope);
        scope.add(target);
        // what is there already is written once more
        boolean ofItself =
                given.whole().filter(table -> same(table, target.table())).isPresent();
        if (tokens.take("ON", "DUPLICATE", "KEY", "UPDATE")) {
            facts.act(Operation.UPDATE);
            assignments(scope, List.of(target));
            if (ofItself) {
                facts.everyRow();
            }
        } else if (replace && ofItself) {
            facts.everyRow();
        }
        returning(scope, given.bounded());
    }

    private static boolean same(SqlName table, SqlName other) {
        return Conditions.Target.of("", other, Scope.outermost(), new Steps()).isTable(table);
    }

    private Source.Table target(Named named, Optional<String> alias) {
        facts.written(named.table());
        if (parser.tokens.take("PARTITION")) {
            parser.namesInParentheses();
        }
        return new Source.Table(alias.orElse(named.written()), named.table());
    }

    private void columns(Source.Table target) {
        var tokens = parser.tokens;
        tokens.expect("(");
        while (!tokens.take(")")) {
            written(target, column());
            if (!tokens.is(")")) {
                tokens.expect(",");
            }
        }
    }

    private Column column() {
        if (parser.calls.named() instanceof Column column) {
            return column;
        }
        throw NotUnderstood.at(parser.tokens.peek());
    }

    private void written(Source.Table target, Column column) {
        facts.columns(Scope.of(target, column.name(), Where.WRITTEN).origins());
    }

    private Rows inserted(Source.Table target, Scope scope) {
        var tokens = parser.tokens;
        if (tokens.take("SET")) {
            assignments(scope, List.of(target));
            return newRow(target, scope);
        }
        if (tokens.isOneOf("VALUES", "VALUE")) {
            tokens.next();
            do {
                tokens.take("ROW");
                analysis.all(parser.queries.row(), scope, Where.RESULT);
            } while (tokens.take(","));
            return newRow(target, scope);
        }
        return analysis.query(parser.queries.query(), scope.around());
    }

    /// `as new (a, b)` names the row that was to be inserted.
    private Rows newRow(Source.Table target, Scope scope) {
        if (parser.tokens.take("AS")) {
            scope.add(new Source.Table(parser.name(), target.table()));
            if (parser.tokens.is("(")) {
                parser.namesInParentheses();
            }
        }
        return Rows.NONE;
    }

    /// `a = 1, b = default`.
    private List<Assignment> assignments(Scope scope, List<Source.Table> targets) {
        var all = new ArrayList<Assignment>();
        do {
            var column = column();
            parser.tokens.expectOneOf("=", ":=");
            var value = parser.calls.valueOrDefault();
            all.add(new Assignment(column, value));
            targets.stream().filter(target -> names(column, target)).forEach(target -> written(target, column));
            // what is written into a column can be read there: its origins count as read
            analysis.walk(value, scope, Where.RESULT);
        } while (parser.tokens.take(","));
        return all;
    }

    /// Whether a column can be of a table.
    private static boolean names(Column column, Source.Table table) {
        return column.table().isEmpty()
                || column.table()
                        .get()
                        .equalsIgnoreCase(
                                column.schema().isPresent() ? table.table().name() : table.alias());
    }

    void update() {
        var tokens = parser.tokens;
        var around = with();
        tokens.expect("UPDATE");
        facts.act(Operation.UPDATE);
        while (tokens.takeOneOf("LOW_PRIORITY", "IGNORE")) {
            // neither changes what is written
        }
        var from = parser.tables.list();
        var scope = around.inner();
        analysis.sources(from, scope);
        period();
        tokens.expect("SET");
        var tables = tables(scope);
        var assigned = assignments(scope, tables);
        var targets = tables.stream()
                .filter(table -> assigned.stream().anyMatch(each -> names(each.column(), table)))
                .toList();
        if (targets.isEmpty()) {
            throw new NotUnderstood("it updates a table that is not among its own");
        }
        told(scope, targets);
        rest(scope, from, targets);
    }

    /// Notes which of the tables are changed; the others are read.
    private void told(Scope scope, List<Source.Table> targets) {
        for (var table : tables(scope)) {
            if (targets.contains(table)) {
                facts.written(table.table());
            } else {
                facts.read(table.table());
            }
        }
    }

    private static List<Source.Table> tables(Scope scope) {
        return scope.sources().stream()
                .filter(Source.Table.class::isInstance)
                .map(Source.Table.class::cast)
                .toList();
    }

    /// MariaDB's `for portion of p from … to …`.
    private void period() {
        var tokens = parser.tokens;
        if (tokens.take("FOR", "PORTION", "OF")) {
            parser.name();
            tokens.expect("FROM");
            parser.expressions.operand();
            tokens.expect("TO");
            parser.expressions.operand();
        }
    }

    private Scope with() {
        var around = Scope.outermost().inner();
        analysis.with(parser.queries.with(), around);
        return around;
    }

    void delete() {
        var tokens = parser.tokens;
        var around = with();
        tokens.expect("DELETE");
        facts.act(Operation.DELETE);
        while (tokens.takeOneOf("LOW_PRIORITY", "QUICK", "IGNORE")) {
            // none changes what is deleted
        }
        if (tokens.take("HISTORY")) {
            history();
            return;
        }
        boolean from = tokens.take("FROM");
        var named = new ArrayList<Column>();
        if (from && !atSeveral()) {
            one(around);
            return;
        }
        do {
            named.add(deleted());
        } while (tokens.take(","));
        tokens.expect(from ? "USING" : "FROM");
        var tables = parser.tables.list();
        var scope = around.inner();
        analysis.sources(tables, scope);
        var targets = new ArrayList<Source.Table>();
        for (var name : named) {
            var found = scope.sources().stream()
                    .filter(source -> source instanceof Source.Table table && is(name, table))
                    .findFirst();
            targets.add((Source.Table)
                    found.orElseThrow(() -> new NotUnderstood("it deletes from a table that is not among its own")));
        }
        told(scope, targets);
        rest(scope, tables, targets);
    }

    private static boolean is(Column name, Source.Table table) {
        return name.name()
                .equalsIgnoreCase(
                        name.table().isPresent() && !table.alias().equalsIgnoreCase(name.name())
                                ? table.table().name()
                                : table.alias());
    }

    /// Whether `delete from` names tables that stand behind `using`.
    private boolean atSeveral() {
        var tokens = parser.tokens;
        for (int ahead = 0;
                Parser.name(tokens.peek(ahead))
                        || tokens.peek(ahead).is(".")
                        || tokens.peek(ahead).is("*")
                        || tokens.peek(ahead).is(",");
                ahead++) {
            if (tokens.peek(ahead).is("*") || tokens.peek(ahead).is(",")) {
                return true;
            }
        }
        int ahead = 0;
        while (Parser.name(tokens.peek(ahead)) || tokens.peek(ahead).is(".")) {
            ahead++;
        }
        return tokens.peek(ahead).is("USING");
    }

    /// `t`, `t.*`, `s.t.*`.
    private Column deleted() {
        var first = parser.name();
        var name = new Column(Optional.empty(), Optional.empty(), first);
        while (parser.tokens.take(".")) {
            if (parser.tokens.take("*")) {
                return name;
            }
            name = new Column(Optional.empty(), Optional.of(first), parser.name());
        }
        return name;
    }

    private void one(Scope around) {
        var bare = parser.tables.bare();
        if (parser.tokens.take("PARTITION")) {
            parser.namesInParentheses();
        }
        period();
        var target = target(bare, parser.alias(false));
        var scope = around.inner();
        scope.add(target);
        var itself = new Named(bare.table(), bare.written(), bare.qualified(), Optional.of(target.alias()), List.of());
        rest(scope, List.of(itself), List.of(target));
        returning(scope, false);
    }

    private void history() {
        var tokens = parser.tokens;
        tokens.expect("FROM");
        target(parser.tables.bare(), Optional.empty());
        if (tokens.take("BEFORE", "SYSTEM_TIME")) {
            if (tokens.is("TRANSACTION")
                    || (tokens.is("TIMESTAMP") && !tokens.peek(1).is("("))) {
                tokens.next();
            }
            analysis.walk(parser.expressions.operand(), Scope.outermost(), Where.CONDITION);
        } else {
            facts.everyRow();
        }
    }

    /// What chooses the rows that are changed. A limit does not: it says how many, and not which.
    private void rest(Scope scope, List<From> from, List<Source.Table> targets) {
        var tokens = parser.tokens;
        var where = parser.queries.clause("WHERE");
        where.ifPresent(condition -> analysis.walk(condition, scope, Where.CONDITION));
        if (tokens.take("ORDER")) {
            tokens.expect("BY");
            analysis.conditions(parser.expressions.ordered(), scope);
        }
        if (tokens.take("LIMIT")) {
            parser.calls.primary();
            if (tokens.take(",")) {
                parser.calls.primary();
            }
        }
        for (var target : targets) {
            if (!Joined.chooses(where, from, target, scope, analysis.steps())) {
                facts.everyRow();
            }
        }
    }

    private void returning(Scope scope, boolean bounded) {
        if (parser.tokens.take("RETURNING")) {
            facts.gives(new Rows(analysis.items(parser.queries.items(), scope), bounded));
        }
    }

    /// `load data [local] infile '…' into table t …`.
    void load() {
        var tokens = parser.tokens;
        tokens.expect("LOAD");
        tokens.expectOneOf("DATA", "XML");
        tokens.takeOneOf("LOW_PRIORITY", "CONCURRENT");
        facts.act(tokens.take("LOCAL") ? Operation.COPY_IN : Operation.COPY_FILE);
        tokens.expect("INFILE");
        parser.text();
        tokens.takeOneOf("REPLACE", "IGNORE");
        tokens.expect("INTO", "TABLE");
        var target = target(parser.tables.bare(), Optional.empty());
        parser.tables.fileFormat();
        if (tokens.take("ROWS")) {
            tokens.expect("IDENTIFIED", "BY");
            parser.text();
        }
        if (tokens.take("IGNORE")) {
            tokens.expect(Token.Kind.NUMBER);
            tokens.expectOneOf("LINES", "ROWS");
        }
        var scope = Scope.outermost().inner();
        scope.add(target);
        if (tokens.take("(")) {
            do {
                if (!tokens.take(Token.Kind.VARIABLE)) {
                    written(target, column());
                }
            } while (tokens.take(","));
            tokens.expect(")");
        }
        if (tokens.take("SET")) {
            assignments(scope, List.of(target));
        }
    }
}
