package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Query.From;
import dev.sallyport.inspect.sql.mysql.Query.Join;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses the tables of a statement and how they are joined (MySQL's manual, 15.2.13.2; MariaDB's page "Join Syntax").
final class Tables {
    /// Most joins in a row; MySQL joins 61 tables at most.
    private static final int MOST_JOINS = 200;

    private final Parser parser;

    Tables(Parser parser) {
        this.parser = parser;
    }

    /// Tables with commas between them.
    List<From> list() {
        var all = new ArrayList<From>();
        do {
            all.add(joined(factor()));
        } while (parser.tokens.take(","));
        return all;
    }

    private From joined(From first) {
        var tokens = parser.tokens;
        var left = first;
        for (int i = 0; ; i++) {
            if (i > MOST_JOINS) {
                throw new NotUnderstood("it joins too many tables");
            }
            boolean natural = tokens.take("NATURAL");
            var kind = kind(natural);
            if (kind.isEmpty()) {
                return left;
            }
            var right = factor();
            if (natural) {
                left = new Join(kind.get(), left, right, Optional.empty(), Join.Using.NATURAL, List.of());
                continue;
            }
            if (!tokens.isOneOf("ON", "USING") && atJoin()) {
                // `a join b join c on … on …`: what comes first belongs to the last
                right = nested(right);
            }
            left = conditioned(kind.get(), left, right);
        }
    }

    private boolean atJoin() {
        return parser.tokens.isOneOf("JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "STRAIGHT_JOIN");
    }

    /// A join whose condition stands before that of the join around it, or tables without any condition.
    private From nested(From first) {
        return parser.deeper(() -> {
            var kind = kind(false).orElseThrow(() -> NotUnderstood.at(parser.tokens.peek()));
            var right = factor();
            if (!parser.tokens.isOneOf("ON", "USING") && atJoin()) {
                right = nested(right);
            }
            return conditioned(kind, first, right);
        });
    }

    private From conditioned(Join.Kind kind, From left, From right) {
        if (parser.tokens.take("USING")) {
            return new Join(kind, left, right, Optional.empty(), Join.Using.COLUMNS, parser.namesInParentheses());
        }
        return new Join(kind, left, right, parser.queries.clause("ON"), Join.Using.NO, List.of());
    }

    /// Takes what stands between two tables; empty: nothing does.
    private Optional<Join.Kind> kind(boolean natural) {
        var tokens = parser.tokens;
        if (tokens.takeOneOf("JOIN", "STRAIGHT_JOIN")) {
            return Optional.of(Join.Kind.INNER);
        }
        if (tokens.isOneOf("LEFT", "RIGHT")) {
            var kind = tokens.next().is("LEFT") ? Join.Kind.LEFT : Join.Kind.RIGHT;
            tokens.take("OUTER");
            tokens.expect("JOIN");
            return Optional.of(kind);
        }
        if (tokens.takeOneOf("INNER", "CROSS") || natural) {
            tokens.expect("JOIN");
            return Optional.of(Join.Kind.INNER);
        }
        return Optional.empty();
    }

    private From factor() {
        return parser.deeper(() -> {
            var tokens = parser.tokens;
            if (tokens.take("LATERAL")) {
                return derived(parser.queries.inParentheses(), true);
            }
            if (tokens.is("(")) {
                return parenthesised();
            }
            if (tokens.take("{")) {
                // ODBC's `{oj a left outer join b on …}`
                tokens.expect("OJ");
                var inner = joined(factor());
                tokens.expect("}");
                return inner;
            }
            if (tokens.is("JSON_TABLE", "(")) {
                return jsonTable();
            }
            return tokens.take("DUAL") ? new Query.Several(List.of()) : table();
        });
    }

    /// A query, or tables in parentheses: which of them is known behind the innermost query.
    private From parenthesised() {
        var tokens = parser.tokens;
        if (!parser.queries.begins()) {
            tokens.expect("(");
            var all = list();
            tokens.expect(")");
            return new Query.Several(all);
        }
        if (!tokens.peek(1).is("(")) {
            return derived(parser.queries.inParentheses(), false);
        }
        tokens.expect("(");
        var inner = factor();
        if (inner instanceof Query.Derived(var query, var alias, var _, var _)
                && alias.isEmpty()
                && (tokens.is(")") || parser.queries.goesOn())) {
            var whole = parser.queries.goOn(List.of(), new Query.Within(query));
            tokens.expect(")");
            return derived(whole, false);
        }
        var all = new ArrayList<From>();
        all.add(joined(inner));
        if (tokens.take(",")) {
            all.addAll(list());
        }
        tokens.expect(")");
        return new Query.Several(all);
    }

    private From derived(Query query, boolean lateral) {
        var alias = parser.alias(false);
        var columns = alias.isPresent() && parser.tokens.is("(") ? parser.namesInParentheses() : List.<String>of();
        return new Query.Derived(query, alias, columns, lateral);
    }

    /// `json_table(document, '$' columns (…)) as name`: made of what the document holds.
    private From jsonTable() {
        var tokens = parser.tokens;
        tokens.expect("JSON_TABLE", "(");
        var document = parser.expressions.expression();
        tokens.expect(",");
        parser.text();
        var columns = new ArrayList<String>();
        jsonColumns(columns);
        tokens.expect(")");
        return new Query.Made(document, columns, parser.alias(false));
    }

    private void jsonColumns(List<String> columns) {
        parser.deeper(() -> {
            var tokens = parser.tokens;
            tokens.expect("COLUMNS", "(");
            do {
                if (tokens.take("NESTED")) {
                    tokens.take("PATH");
                    parser.text();
                    jsonColumns(columns);
                } else {
                    columns.add(parser.name());
                    jsonColumn();
                }
            } while (tokens.take(","));
            tokens.expect(")");
            return columns;
        });
    }

    private void jsonColumn() {
        var tokens = parser.tokens;
        if (tokens.take("FOR")) {
            tokens.expect("ORDINALITY");
            return;
        }
        parser.types.type();
        tokens.take("EXISTS");
        tokens.expect("PATH");
        parser.text();
        if (!parser.calls.jsonFailures().stream().allMatch(Expression.Constant.class::isInstance)) {
            throw new NotUnderstood("a default of json_table is no constant");
        }
    }

    /// A table by its name alone.
    Query.Named bare() {
        boolean qualified = parser.tokens.peek(1).is(".");
        var table = parser.qualifiedName();
        return new Query.Named(table, table.name(), qualified, Optional.empty(), List.of());
    }

    /// A table by its name, with what may follow it.
    private From table() {
        var tokens = parser.tokens;
        var bare = bare();
        if (tokens.take("PARTITION")) {
            parser.namesInParentheses();
        }
        var times = systemTime();
        var alias = parser.alias(false);
        while (tokens.isOneOf("USE", "FORCE", "IGNORE") && tokens.peek(1).kind() == Token.Kind.WORD) {
            indexHint();
        }
        return new Query.Named(bare.table(), bare.written(), bare.qualified(), alias, times);
    }

    /// MariaDB's `for system_time as of …`.
    private List<Expression> systemTime() {
        var tokens = parser.tokens;
        if (!tokens.take("FOR", "SYSTEM_TIME")) {
            return List.of();
        }
        if (tokens.take("ALL")) {
            return List.of();
        }
        if (tokens.take("AS")) {
            tokens.expect("OF");
            return List.of(time());
        }
        boolean between = tokens.take("BETWEEN");
        if (!between) {
            tokens.expect("FROM");
        }
        var from = time();
        tokens.expect(between ? "AND" : "TO");
        return List.of(from, time());
    }

    private Expression time() {
        var tokens = parser.tokens;
        if (tokens.is("TRANSACTION")
                || (tokens.is("TIMESTAMP") && !tokens.peek(1).is("("))) {
            tokens.next();
        }
        return parser.expressions.operand();
    }

    private void indexHint() {
        var tokens = parser.tokens;
        tokens.next();
        tokens.expectOneOf("INDEX", "KEY");
        if (tokens.take("FOR")) {
            if (tokens.takeOneOf("ORDER", "GROUP")) {
                tokens.expect("BY");
            } else {
                tokens.expect("JOIN");
            }
        }
        tokens.expect("(");
        while (!tokens.take(")")) {
            if (!tokens.take("PRIMARY")) {
                parser.name();
            }
            if (!tokens.is(")")) {
                tokens.expect(",");
            }
        }
    }

    /// `character set … fields terminated by … lines …`, of files.
    void fileFormat() {
        var tokens = parser.tokens;
        if (tokens.take("CHARACTER", "SET") || tokens.take("CHARSET")) {
            parser.types.characterSet();
        }
        if (tokens.takeOneOf("FIELDS", "COLUMNS")) {
            while (tokens.isOneOf("TERMINATED", "OPTIONALLY", "ENCLOSED", "ESCAPED")) {
                tokens.next();
                tokens.take("ENCLOSED");
                tokens.expect("BY");
                parser.literal();
            }
        }
        if (tokens.take("LINES")) {
            while (tokens.takeOneOf("STARTING", "TERMINATED")) {
                tokens.expect("BY");
                parser.literal();
            }
        }
    }
}
