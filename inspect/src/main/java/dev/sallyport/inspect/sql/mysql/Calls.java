package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.mysql.Expression.Call;
import dev.sallyport.inspect.sql.mysql.Expression.Column;
import dev.sallyport.inspect.sql.mysql.Expression.Constant;
import dev.sallyport.inspect.sql.mysql.Expression.Fixed;
import dev.sallyport.inspect.sql.mysql.Expression.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Parses what an expression is made of: literals, variables, columns, and calls of functions with all their forms.
final class Calls {
    private static final Fixed BITS = new Fixed("bits", true);

    private final Parser parser;

    Calls(Parser parser) {
        this.parser = parser;
    }

    Expression primary() {
        var tokens = parser.tokens;
        var token = tokens.peek();
        return switch (token.kind()) {
            case NUMBER -> new Constant(Constant.Kind.NUMBER, tokens.next().text());
            case TEXT -> new Constant(Constant.Kind.TEXT, parser.text());
            case BITS -> {
                tokens.next();
                yield BITS;
            }
            case PARAMETER -> {
                tokens.next();
                yield new Fixed("?", true);
            }
            case VARIABLE -> variable();
            case OPERATOR -> operator();
            case NAME -> named();
            case WORD -> word();
            case END -> throw NotUnderstood.at(token);
        };
    }

    /// A value, or `default` where one can stand for it.
    Expression valueOrDefault() {
        if (parser.tokens.isOneOf("DEFAULT", "IGNORE") && !parser.tokens.peek(1).is("(")) {
            parser.tokens.next();
            return new Fixed("default", true);
        }
        return parser.expressions.expression();
    }

    /// `@a`, `@a := …`.
    private Expression variable() {
        var name = parser.tokens.next().text();
        return parser.tokens.take(":=")
                ? Expression.of(":=", parser.expressions.expression())
                : new Fixed("@" + name, false);
    }

    private Expression operator() {
        var tokens = parser.tokens;
        if (tokens.take("@@")) {
            return new Fixed("@@" + systemVariable(), true);
        }
        tokens.expect("{");
        // ODBC's `{d '2024-01-01'}`, `{fn now()}`
        parser.name();
        var value = parser.expressions.expression();
        tokens.expect("}");
        return Expression.of("cast", value);
    }

    /// Behind `@@`; its name in lower case, with `global.` or the like.
    String systemVariable() {
        var name = new StringBuilder(systemName());
        while (parser.tokens.take(".")) {
            name.append('.').append(systemName());
        }
        return name.toString();
    }

    private String systemName() {
        var token = parser.tokens.next();
        return switch (token.kind()) {
            case WORD, NAME -> token.text().toLowerCase(Locale.ROOT);
            case TEXT, NUMBER, BITS, PARAMETER, VARIABLE, OPERATOR, END -> throw NotUnderstood.at(token);
        };
    }

    private Expression word() {
        var tokens = parser.tokens;
        var word = tokens.peek().word();
        var next = tokens.peek(1);
        switch (word) {
            case "NULL" -> {
                tokens.next();
                return Expression.Constant.NULL;
            }
            case "TRUE", "FALSE" -> {
                return tokens.next().is("TRUE") ? Expression.Constant.TRUE : Expression.Constant.FALSE;
            }
            case "CASE" -> {
                return cases();
            }
            case "INTERVAL" -> {
                return interval();
            }
            case "MATCH" -> {
                return match();
            }
            case "DATE", "TIME", "TIMESTAMP" -> {
                if (next.kind() == Token.Kind.TEXT) {
                    tokens.next();
                    parser.text();
                    return new Fixed("time", true);
                }
            }
            case "NEXT", "PREVIOUS" -> {
                if (next.is("VALUE") && tokens.peek(2).is("FOR")) {
                    tokens.expect(word, "VALUE", "FOR");
                    return sequence(word.equals("NEXT") ? "nextval" : "lastval");
                }
            }
            case "CAST", "CONVERT" -> {
                if (next.is("(")) {
                    return cast();
                }
            }
            case "ROW" -> {
                if (next.is("(")) {
                    tokens.expect("ROW", "(");
                    var values = parser.expressions.list();
                    tokens.expect(")");
                    return new Operation("row", values);
                }
            }
            default -> {
                if (Words.INTRODUCERS.contains(word)
                        && (next.kind() == Token.Kind.TEXT || next.kind() == Token.Kind.BITS)) {
                    tokens.next();
                    parser.literal();
                    return new Fixed("text", true);
                }
            }
        }
        if (!Words.RESERVED.contains(word)) {
            return named();
        }
        if (next.is("(") && Words.FUNCTIONS.contains(word)) {
            return call();
        }
        if (Words.BARE_FUNCTIONS.contains(word)) {
            tokens.next();
            return made(word, List.of());
        }
        throw NotUnderstood.at(tokens.peek());
    }

    private static Expression made(String function, List<Expression> arguments) {
        return new Call(Optional.empty(), function.toLowerCase(Locale.ROOT), arguments, List.of(), Call.Form.PLAIN);
    }

    /// A column, or a function whose name is no reserved word.
    Expression named() {
        var tokens = parser.tokens;
        if (tokens.peek(1).is("(")) {
            return call();
        }
        var names = new ArrayList<String>();
        names.add(parser.name());
        while (names.size() < 3 && tokens.take(".")) {
            if (tokens.take("*")) {
                return star(names);
            }
            names.add(parser.name());
        }
        if (names.size() == 2 && tokens.is("(")) {
            var arguments = arguments();
            return new Call(
                    Optional.of(Parser.database(names.getFirst())),
                    names.getLast().toLowerCase(Locale.ROOT),
                    arguments,
                    List.of(),
                    Call.Form.PLAIN);
        }
        var column = new Column(
                names.size() > 2 ? Optional.of(names.getFirst()) : Optional.empty(),
                names.size() > 1 ? Optional.of(names.get(names.size() - 2)) : Optional.empty(),
                names.getLast().toLowerCase(Locale.ROOT));
        if (tokens.isOneOf("->", "->>")) {
            tokens.next();
            return made("json_extract", List.of(column, new Constant(Constant.Kind.TEXT, parser.text())));
        }
        return column;
    }

    private static Expression star(List<String> names) {
        return new Expression.Star(
                names.size() > 1 ? Optional.of(names.getFirst()) : Optional.empty(), Optional.of(names.getLast()));
    }

    private Expression call() {
        var tokens = parser.tokens;
        var token = tokens.peek();
        boolean close = parser.modes.ignoreSpace() || tokens.peek(1).start() == token.end();
        var name = token.text().toLowerCase(Locale.ROOT);
        if (token.kind() == Token.Kind.NAME) {
            // a quoted name is never one of the server's forms
            tokens.next();
            return new Call(Optional.empty(), name, arguments(), List.of(), windowed(new ArrayList<>(), true));
        }
        tokens.next();
        var beside = new ArrayList<Expression>();
        var arguments = switch (token.word()) {
            case "EXTRACT" -> extract();
            case "TRIM", "SUBSTRING", "SUBSTR", "MID", "POSITION" -> withWords();
            case "TIMESTAMPADD", "TIMESTAMPDIFF", "GET_FORMAT" -> unitFirst();
            case "NEXTVAL", "LASTVAL", "SETVAL" -> sequenceArguments();
            case "GROUP_CONCAT", "JSON_ARRAYAGG", "JSON_OBJECTAGG" -> gathered(beside);
            case "JSON_VALUE" -> jsonValue();
            default -> arguments();
        };
        var form = windowed(beside, !close);
        if (name.equals("values") && arguments.size() == 1) {
            return Expression.of("new", arguments.getFirst());
        }
        return new Call(Optional.empty(), name, arguments, beside, form);
    }

    /// What makes a call one over a window of rows (MySQL's manual, 14.20.2; MariaDB's page "Window Functions").
    private Call.Form windowed(List<Expression> beside, boolean spaced) {
        var tokens = parser.tokens;
        if (tokens.take("WITHIN", "GROUP")) {
            tokens.expect("(", "ORDER", "BY");
            beside.addAll(parser.expressions.ordered());
            tokens.expect(")");
        }
        if (tokens.take("FROM", "FIRST") || tokens.take("FROM", "LAST")) {
            tokens.take("RESPECT", "NULLS");
        }
        if (!tokens.take("RESPECT", "NULLS")) {
            tokens.take("IGNORE", "NULLS");
        }
        if (!tokens.take("OVER")) {
            return spaced ? Call.Form.SPACED : Call.Form.PLAIN;
        }
        if (tokens.is("(")) {
            beside.addAll(window());
        } else {
            parser.name();
        }
        return Call.Form.WINDOWED;
    }

    /// `(partition by … order by … rows …)`: what it orders and groups by.
    List<Expression> window() {
        var tokens = parser.tokens;
        var all = new ArrayList<Expression>();
        tokens.expect("(");
        if (parser.atName() && !tokens.isOneOf("RANGE", "ROWS", "GROUPS")) {
            parser.name();
        }
        if (tokens.take("PARTITION")) {
            tokens.expect("BY");
            all.addAll(parser.expressions.ordered());
        }
        if (tokens.take("ORDER")) {
            tokens.expect("BY");
            all.addAll(parser.expressions.ordered());
        }
        if (tokens.takeOneOf("ROWS", "RANGE", "GROUPS")) {
            boolean between = tokens.take("BETWEEN");
            bound(all);
            if (between) {
                tokens.expect("AND");
                bound(all);
            }
        }
        tokens.expect(")");
        return all;
    }

    private void bound(List<Expression> all) {
        var tokens = parser.tokens;
        if (tokens.take("CURRENT", "ROW")) {
            return;
        }
        if (!tokens.take("UNBOUNDED")) {
            all.add(parser.expressions.operand());
        }
        tokens.expectOneOf("PRECEDING", "FOLLOWING");
    }

    /// `(a, b)`, `(*)`, `(distinct a)`, with what some functions have behind their arguments.
    private List<Expression> arguments() {
        var tokens = parser.tokens;
        var all = new ArrayList<Expression>();
        tokens.expect("(");
        if (tokens.take(")")) {
            return all;
        }
        if (tokens.take("*")) {
            tokens.expect(")");
            return List.of(new Expression.Star(Optional.empty(), Optional.empty()));
        }
        tokens.takeOneOf("DISTINCT", "ALL");
        do {
            all.add(parser.expressions.expression());
            if (tokens.take("AS")) {
                // `weight_string(a as char(3))`, and names of arguments for functions from libraries
                if (tokens.isOneOf("CHAR", "BINARY")) {
                    parser.types.type();
                } else {
                    parser.name();
                }
            } else if (tokens.take("USING")) {
                parser.types.characterSet();
            }
        } while (tokens.take(","));
        tokens.expect(")");
        return all;
    }

    private List<Expression> gathered(List<Expression> beside) {
        var tokens = parser.tokens;
        tokens.expect("(");
        tokens.take("DISTINCT");
        var all = parser.expressions.list();
        if (tokens.take("ORDER")) {
            tokens.expect("BY");
            beside.addAll(parser.expressions.ordered());
        }
        if (tokens.take("SEPARATOR")) {
            parser.literal();
        }
        if (tokens.take("LIMIT")) {
            tokens.expect(Token.Kind.NUMBER);
            if (tokens.takeOneOf(",", "OFFSET")) {
                tokens.expect(Token.Kind.NUMBER);
            }
        }
        tokens.expect(")");
        return all;
    }

    private List<Expression> jsonValue() {
        var tokens = parser.tokens;
        tokens.expect("(");
        var all = parser.expressions.list();
        if (tokens.take("RETURNING")) {
            parser.types.type();
        }
        all.addAll(jsonFailures());
        tokens.expect(")");
        return all;
    }

    /// `null on empty default 'x' on error`.
    List<Expression> jsonFailures() {
        var tokens = parser.tokens;
        var all = new ArrayList<Expression>();
        while (tokens.isOneOf("NULL", "ERROR", "DEFAULT")) {
            if (tokens.next().is("DEFAULT")) {
                all.add(parser.expressions.operand());
            }
            tokens.expect("ON");
            tokens.expectOneOf("EMPTY", "ERROR");
        }
        return all;
    }

    private List<Expression> extract() {
        var tokens = parser.tokens;
        tokens.expect("(");
        unit();
        tokens.expect("FROM");
        var all = List.of(parser.expressions.expression());
        tokens.expect(")");
        return all;
    }

    /// `trim(both 'x' from a)`, `substring(a from 1 for 2)`, `position(a in b)`, and their forms with commas.
    private List<Expression> withWords() {
        var tokens = parser.tokens;
        var all = new ArrayList<Expression>();
        tokens.expect("(");
        tokens.takeOneOf("BOTH", "LEADING", "TRAILING");
        if (!tokens.is("FROM")) {
            all.add(parser.expressions.operand());
        }
        if (tokens.takeOneOf("FROM", "IN")) {
            all.add(parser.expressions.expression());
            if (tokens.take("FOR")) {
                all.add(parser.expressions.expression());
            }
        } else {
            while (tokens.take(",")) {
                all.add(parser.expressions.expression());
            }
        }
        tokens.expect(")");
        return all;
    }

    private List<Expression> unitFirst() {
        var tokens = parser.tokens;
        tokens.expect("(");
        if (!tokens.takeOneOf("DATE", "TIME", "DATETIME", "TIMESTAMP")) {
            unit();
        }
        tokens.expect(",");
        var all = parser.expressions.list();
        tokens.expect(")");
        return all;
    }

    private void unit() {
        if (!Words.UNITS.contains(parser.tokens.next().word())) {
            throw NotUnderstood.at(parser.tokens.last());
        }
    }

    /// MariaDB's sequences are tables that are read.
    private Expression sequence(String function) {
        return made(function, List.of(sequenceOf(parser.qualifiedName())));
    }

    private List<Expression> sequenceArguments() {
        var tokens = parser.tokens;
        var all = new ArrayList<Expression>();
        tokens.expect("(");
        all.add(sequenceOf(parser.qualifiedName()));
        while (tokens.take(",")) {
            all.add(parser.expressions.expression());
        }
        tokens.expect(")");
        return all;
    }

    private static Expression sequenceOf(SqlName name) {
        return new Expression.Star(name.schema(), Optional.of(name.name()));
    }

    private Expression cases() {
        var tokens = parser.tokens;
        tokens.expect("CASE");
        var argument = tokens.is("WHEN") ? Optional.<Expression>empty() : Optional.of(parser.expressions.expression());
        var operands = new ArrayList<Expression>();
        do {
            tokens.expect("WHEN");
            var when = parser.expressions.expression();
            operands.add(argument.map(value -> Expression.of("=", value, when)).orElse(when));
            tokens.expect("THEN");
            operands.add(parser.expressions.expression());
        } while (tokens.is("WHEN"));
        operands.add(tokens.take("ELSE") ? parser.expressions.expression() : Expression.Constant.NULL);
        tokens.expect("END");
        return new Operation("case", operands);
    }

    /// `interval 1 day`, and the function of that name.
    private Expression interval() {
        var tokens = parser.tokens;
        tokens.expect("INTERVAL");
        var value = parser.expressions.expression();
        if (Words.UNITS.contains(tokens.peek().word())) {
            tokens.next();
            return Expression.of("interval", value);
        }
        if (!(value instanceof Operation(var operator, var values)) || !operator.equals("row")) {
            throw NotUnderstood.at(tokens.peek());
        }
        return made("interval", values);
    }

    private Expression match() {
        var tokens = parser.tokens;
        var operands = new ArrayList<Expression>();
        tokens.expect("MATCH");
        boolean parenthesis = tokens.take("(");
        do {
            operands.add(named());
        } while (tokens.take(","));
        if (parenthesis) {
            tokens.expect(")");
        }
        tokens.expect("AGAINST", "(");
        operands.add(parser.expressions.operand());
        if (tokens.take("IN") && !tokens.take("BOOLEAN", "MODE")) {
            tokens.expect("NATURAL", "LANGUAGE", "MODE");
        }
        if (tokens.take("WITH")) {
            tokens.expect("QUERY", "EXPANSION");
        }
        tokens.expect(")");
        return new Operation("match", operands);
    }

    private Expression cast() {
        var tokens = parser.tokens;
        boolean convert = tokens.next().is("CONVERT");
        tokens.expect("(");
        var value = parser.expressions.expression();
        if (convert && tokens.take("USING")) {
            parser.types.characterSet();
        } else if (convert) {
            tokens.expect(",");
            parser.types.type();
        } else {
            if (tokens.take("AT")) {
                tokens.expect("TIME", "ZONE");
                tokens.take("INTERVAL");
                parser.text();
            }
            tokens.expect("AS");
            parser.types.type();
            tokens.take("ARRAY");
        }
        tokens.expect(")");
        return Expression.of("cast", value);
    }
}
