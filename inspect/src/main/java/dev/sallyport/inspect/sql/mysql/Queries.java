package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.mysql.Query.Into;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses `select`, `values`, `table`, their set operations and common table expressions (MySQL's manual, 15.2.13 to
/// 15.2.20; MariaDB's pages "SELECT", "WITH").
final class Queries {
    private static final int LONGEST_CHAIN = 400;

    private final Parser parser;

    Queries(Parser parser) {
        this.parser = parser;
    }

    /// Whether a query begins here, be it in parentheses.
    boolean begins() {
        var inside = parser.tokens.afterParentheses();
        return inside.is("SELECT")
                || inside.is("WITH")
                || inside.is("TABLE")
                || (inside.is("VALUES") && !parser.tokens.valuesOfColumn());
    }

    Query inParentheses() {
        parser.tokens.expect("(");
        var query = query();
        parser.tokens.expect(")");
        return query;
    }

    Query query() {
        return parser.deeper(() -> {
            var with = with();
            return goOn(with, body());
        });
    }

    /// `with … as (…)`.
    List<Query.CommonTable> with() {
        var tokens = parser.tokens;
        var all = new ArrayList<Query.CommonTable>();
        if (!tokens.take("WITH")) {
            return all;
        }
        boolean recursive = tokens.take("RECURSIVE");
        do {
            var name = parser.name();
            var columns = tokens.is("(") ? parser.namesInParentheses() : List.<String>of();
            tokens.expect("AS");
            all.add(new Query.CommonTable(name, columns, inParentheses(), recursive));
            if (tokens.take("CYCLE")) {
                do {
                    parser.name();
                } while (tokens.take(","));
                tokens.expect("RESTRICT");
            }
        } while (tokens.take(","));
        return all;
    }

    /// Whether what stands behind a query in parentheses makes it part of a larger one.
    boolean goesOn() {
        return setOperator() || parser.tokens.isOneOf("ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "LOCK", "INTO");
    }

    /// What follows the first part of a query.
    Query goOn(List<Query.CommonTable> with, Query.Body first) {
        var tokens = parser.tokens;
        var body = first;
        for (int length = 0; setOperator(); length++) {
            if (length > LONGEST_CHAIN) {
                throw new NotUnderstood("it is nested too deeply");
            }
            tokens.next();
            tokens.takeOneOf("ALL", "DISTINCT");
            body = new Query.Both(body, body());
        }
        var order = List.<Expression>of();
        if (tokens.take("ORDER")) {
            tokens.expect("BY");
            order = parser.expressions.ordered();
            if (tokens.take("WITH")) {
                tokens.expect("ROLLUP");
            }
        }
        var limit = limit().or(this::fetch);
        var into = into();
        boolean locks = false;
        while (lock()) {
            locks = true;
        }
        var where =
                into.or(this::into).or(() -> first instanceof Query.Select select ? select.into() : Optional.empty());
        return new Query(with, body, order, limit, locks, where.orElse(Into.CLIENT));
    }

    /// A limit, and none where it limits nothing: `limit rows examined`.
    Optional<Expression> limit() {
        var tokens = parser.tokens;
        if (!tokens.take("LIMIT")) {
            return Optional.empty();
        }
        var limit = Optional.<Expression>empty();
        if (!tokens.is("ROWS")) {
            limit = Optional.of(count());
            if (tokens.take(",")) {
                limit = Optional.of(count());
            } else if (tokens.take("OFFSET")) {
                count();
            }
        }
        if (tokens.take("ROWS")) {
            tokens.expect("EXAMINED");
            count();
        }
        return limit;
    }

    /// `offset 5 rows fetch first 10 rows only`.
    private Optional<Expression> fetch() {
        var tokens = parser.tokens;
        if (tokens.take("OFFSET")) {
            count();
            tokens.takeOneOf("ROW", "ROWS");
        }
        if (!tokens.take("FETCH")) {
            return Optional.empty();
        }
        tokens.expectOneOf("FIRST", "NEXT");
        var count = tokens.isOneOf("ROW", "ROWS") ? Expression.Constant.TRUE : count();
        tokens.expectOneOf("ROW", "ROWS");
        if (tokens.take("WITH")) {
            tokens.expect("TIES");
            return Optional.empty();
        }
        tokens.expect("ONLY");
        return Optional.of(count);
    }

    private Expression count() {
        if (!parser.tokens.is(Token.Kind.NUMBER) && !parser.tokens.is(Token.Kind.PARAMETER)) {
            throw NotUnderstood.at(parser.tokens.peek());
        }
        return parser.calls.primary();
    }

    /// `for update` and its kin, once for each table.
    private boolean lock() {
        var tokens = parser.tokens;
        if (tokens.take("LOCK")) {
            tokens.expect("IN", "SHARE", "MODE");
        } else if (tokens.take("FOR")) {
            tokens.expectOneOf("UPDATE", "SHARE");
            if (tokens.take("OF")) {
                do {
                    parser.qualifiedName();
                } while (tokens.take(","));
            }
        } else {
            return false;
        }
        if (tokens.take("SKIP")) {
            tokens.expect("LOCKED");
        } else if (tokens.take("WAIT")) {
            tokens.expect(Token.Kind.NUMBER);
        } else {
            tokens.take("NOWAIT");
        }
        return true;
    }

    /// `into outfile`, `into dumpfile`, `into @a, @b`.
    private Optional<Into> into() {
        var tokens = parser.tokens;
        if (!tokens.take("INTO")) {
            return Optional.empty();
        }
        if (tokens.take("OUTFILE")) {
            parser.text();
            parser.tables.fileFormat();
            return Optional.of(Into.FILE);
        }
        if (tokens.take("DUMPFILE")) {
            parser.text();
            return Optional.of(Into.FILE);
        }
        do {
            tokens.expect(Token.Kind.VARIABLE);
        } while (tokens.take(","));
        return Optional.of(Into.VARIABLES);
    }

    private boolean setOperator() {
        return parser.tokens.isOneOf("UNION", "EXCEPT", "INTERSECT");
    }

    private Query.Body body() {
        var tokens = parser.tokens;
        if (tokens.is("(")) {
            return new Query.Within(inParentheses());
        }
        if (tokens.take("TABLE")) {
            return new Query.Table(parser.tables.bare());
        }
        if (tokens.take("VALUES")) {
            var rows = new ArrayList<List<Expression>>();
            do {
                tokens.take("ROW");
                rows.add(row());
            } while (tokens.take(","));
            return new Query.Values(rows);
        }
        tokens.expect("SELECT");
        return select();
    }

    /// `(1, default)`.
    List<Expression> row() {
        var tokens = parser.tokens;
        var row = new ArrayList<Expression>();
        tokens.expect("(");
        if (tokens.take(")")) {
            return row;
        }
        do {
            row.add(parser.calls.valueOrDefault());
        } while (tokens.take(","));
        tokens.expect(")");
        return row;
    }

    private Query.Select select() {
        var tokens = parser.tokens;
        while (tokens.takeOneOf(
                        "ALL",
                        "DISTINCT",
                        "DISTINCTROW",
                        "HIGH_PRIORITY",
                        "STRAIGHT_JOIN",
                        "SQL_SMALL_RESULT",
                        "SQL_BIG_RESULT",
                        "SQL_CALC_FOUND_ROWS")
                || option()) {
            // each may stand in any place
        }
        var items = items();
        var into = into();
        var from = tokens.take("FROM") ? parser.tables.list() : List.<Query.From>of();
        var where = clause("WHERE");
        var groups = new ArrayList<Expression>();
        if (tokens.take("GROUP")) {
            tokens.expect("BY");
            groups.addAll(parser.expressions.ordered());
            if (tokens.take("WITH")) {
                tokens.expectOneOf("ROLLUP", "CUBE");
            }
        }
        var having = clause("HAVING");
        var windows = new ArrayList<Expression>();
        if (tokens.take("WINDOW")) {
            do {
                parser.name();
                tokens.expect("AS");
                windows.addAll(parser.calls.window());
            } while (tokens.take(","));
        }
        return new Query.Select(items, from, where, groups, having, windows, into);
    }

    /// Words that are options where something follows that is selected, and else names.
    private boolean option() {
        var tokens = parser.tokens;
        var next = tokens.peek(1);
        boolean before = next.kind() != Token.Kind.OPERATOR || next.is("(") || next.is("*") || next.is("@@");
        return before
                && next.kind() != Token.Kind.END
                && !next.is("FROM")
                && !next.is("AS")
                && tokens.takeOneOf("SQL_BUFFER_RESULT", "SQL_CACHE", "SQL_NO_CACHE");
    }

    Optional<Expression> clause(String word) {
        return parser.tokens.take(word) ? Optional.of(parser.expressions.expression()) : Optional.empty();
    }

    List<Query.Item> items() {
        var items = new ArrayList<Query.Item>();
        do {
            items.add(item());
        } while (parser.tokens.take(","));
        return items;
    }

    private Query.Item item() {
        var tokens = parser.tokens;
        if (tokens.take("*")) {
            return new Query.Item(new Expression.Star(Optional.empty(), Optional.empty()), Optional.empty(), "");
        }
        var value = parser.expressions.expression();
        var last = tokens.last();
        var alias = parser.alias(true);
        boolean column = value instanceof Expression.Column && Parser.name(last);
        return new Query.Item(value, alias, alias.orElse(column ? last.text() : ""));
    }
}
