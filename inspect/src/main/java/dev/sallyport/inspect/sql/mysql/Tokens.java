package dev.sallyport.inspect.sql.mysql;

import java.util.List;

/// A place among the tokens of a text, and what may be asked and taken there.
final class Tokens {
    private final List<Token> all;
    private int at;

    Tokens(List<Token> all) {
        this.all = all;
    }

    int at() {
        return at;
    }

    Token peek() {
        return all.get(at);
    }

    Token peek(int ahead) {
        return all.get(Math.min(at + ahead, all.size() - 1));
    }

    /// The one that was taken last.
    Token last() {
        return all.get(at - 1);
    }

    Token next() {
        var token = all.get(at);
        if (token.kind() == Token.Kind.END) {
            throw NotUnderstood.at(token);
        }
        at++;
        return token;
    }

    boolean is(String... words) {
        for (var ahead = 0; ahead < words.length; ahead++) {
            if (!peek(ahead).is(words[ahead])) {
                return false;
            }
        }
        return true;
    }

    boolean is(Token.Kind kind) {
        return peek().kind() == kind;
    }

    boolean isOneOf(String... words) {
        for (var word : words) {
            if (peek().is(word)) {
                return true;
            }
        }
        return false;
    }

    /// Takes these words if all of them stand here.
    boolean take(String... words) {
        if (!is(words)) {
            return false;
        }
        at += words.length;
        return true;
    }

    boolean takeOneOf(String... words) {
        if (!isOneOf(words)) {
            return false;
        }
        at++;
        return true;
    }

    boolean take(Token.Kind kind) {
        if (!is(kind)) {
            return false;
        }
        at++;
        return true;
    }

    void expect(String... words) {
        for (var word : words) {
            if (!take(word)) {
                throw NotUnderstood.at(peek());
            }
        }
    }

    void expectOneOf(String... words) {
        if (!takeOneOf(words)) {
            throw NotUnderstood.at(peek());
        }
    }

    Token expect(Token.Kind kind) {
        if (!is(kind)) {
            throw NotUnderstood.at(peek());
        }
        return next();
    }

    /// Whether the statement ends here.
    boolean atEnd() {
        return is(Token.Kind.END) || is(";");
    }

    /// The word after the parentheses that open here; what it says whether they hold a query or something else.
    Token afterParentheses() {
        var ahead = 0;
        while (peek(ahead).is("(")) {
            ahead++;
        }
        return peek(ahead);
    }

    /// Whether `values(a)` stands here, behind parentheses: in `on duplicate key update` it is no query.
    boolean valuesOfColumn() {
        var ahead = 0;
        while (peek(ahead).is("(")) {
            ahead++;
        }
        return peek(ahead + 1).is("(")
                && Parser.name(peek(ahead + 2))
                && (peek(ahead + 3).is(")") || peek(ahead + 3).is("."));
    }
}
