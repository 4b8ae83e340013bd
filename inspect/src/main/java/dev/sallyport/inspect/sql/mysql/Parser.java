package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.SqlName;
import dev.sallyport.inspect.sql.SqlSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A place in a text that is being parsed: its tokens, and what all rules of the grammar need.
///
/// The rules are classes of their own, by what they read; each knows the others through this one.
final class Parser {
    /// How deep expressions and queries may lie within each other.
    private static final int DEEPEST = 120;

    final Tokens tokens;
    final Modes modes;
    final Expressions expressions = new Expressions(this);
    final Calls calls = new Calls(this);
    final Types types = new Types(this);
    final Queries queries = new Queries(this);
    final Tables tables = new Tables(this);

    private Optional<String> database;
    private int depth;

    Parser(List<Token> tokens, SqlSettings settings) {
        this.tokens = new Tokens(tokens);
        this.modes = Modes.of(settings);
        this.database = settings.searchPath().stream().findFirst();
    }

    /// Names without a database are of this one from here on; empty: it is not known.
    void use(Optional<String> name) {
        database = name;
    }

    /// Reads something that lies one deeper.
    <T> T deeper(Supplier<T> rule) {
        if (++depth > DEEPEST) {
            throw new NotUnderstood("it is nested too deeply");
        }
        try {
            return rule.get();
        } finally {
            depth--;
        }
    }

    boolean atName() {
        return name(tokens.peek());
    }

    static boolean name(Token token) {
        return switch (token.kind()) {
            case NAME -> true;
            case WORD -> !Words.RESERVED.contains(token.word());
            case TEXT, NUMBER, BITS, PARAMETER, VARIABLE, OPERATOR, END -> false;
        };
    }

    String name() {
        if (!atName()) {
            throw NotUnderstood.at(tokens.peek());
        }
        return tokens.next().text();
    }

    /// A name of a table, view or routine, with its database where that is known.
    SqlName qualifiedName() {
        var first = name();
        if (tokens.take(".")) {
            return SqlName.of(database(first), name());
        }
        return new SqlName(database, first);
    }

    /// Rules for PostgreSQL speak of its temporary tables by their schema, which nothing of MySQL's may be taken for.
    static String database(String name) {
        if (name.toLowerCase(java.util.Locale.ROOT).startsWith("pg_temp")) {
            throw new NotUnderstood("a database has a name that is kept for PostgreSQL's temporary tables");
        }
        return name;
    }

    List<String> namesInParentheses() {
        var names = new ArrayList<String>();
        tokens.expect("(");
        do {
            names.add(name());
        } while (tokens.take(","));
        tokens.expect(")");
        return names;
    }

    /// A string, or several in a row that are one.
    String text() {
        var text = new StringBuilder(tokens.expect(Token.Kind.TEXT).text());
        while (tokens.is(Token.Kind.TEXT)) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    /// A string or a literal of bits, as file formats take them.
    void literal() {
        if (!tokens.take(Token.Kind.BITS)) {
            text();
        }
    }

    /// An alias behind what it names, with `as` or without.
    ///
    /// @param text whether it may be a string
    Optional<String> alias(boolean text) {
        boolean as = tokens.take("AS");
        if (text && tokens.is(Token.Kind.TEXT)) {
            return Optional.of(text());
        }
        if (as) {
            return Optional.of(name());
        }
        var word = tokens.peek().word();
        boolean clause = Words.CLAUSES.contains(word)
                || (word.equals("OFFSET")
                        && !tokens.peek(1).is(",")
                        && !tokens.peek(1).is("FROM"));
        return atName() && !clause ? Optional.of(name()) : Optional.empty();
    }

    void ifExists() {
        if (tokens.take("IF")) {
            tokens.take("NOT");
            tokens.expect("EXISTS");
        }
    }
}
