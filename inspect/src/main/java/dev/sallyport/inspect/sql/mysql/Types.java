package dev.sallyport.inspect.sql.mysql;

/// Types of values, as in `cast` and `json_table`.
final class Types {
    private final Parser parser;

    Types(Parser parser) {
        this.parser = parser;
    }

    void type() {
        var tokens = parser.tokens;
        if (tokens.takeOneOf("SET", "ENUM")) {
            tokens.expect("(");
            do {
                parser.literal();
            } while (tokens.take(","));
            tokens.expect(")");
        } else if (tokens.take("NATIONAL")) {
            tokens.expectOneOf("CHAR", "CHARACTER", "VARCHAR");
        } else if (tokens.take("LONG")) {
            tokens.takeOneOf("VARCHAR", "VARBINARY");
        } else if (!tokens.take(Token.Kind.WORD)) {
            throw NotUnderstood.at(tokens.peek());
        }
        tokens.takeOneOf("VARYING", "PRECISION");
        if (tokens.take("(")) {
            tokens.expect(Token.Kind.NUMBER);
            if (tokens.take(",")) {
                tokens.expect(Token.Kind.NUMBER);
            }
            tokens.expect(")");
        }
        while (attribute()) {
            // in any order
        }
    }

    private boolean attribute() {
        var tokens = parser.tokens;
        if (tokens.take("CHARACTER", "SET") || tokens.takeOneOf("CHARSET", "COLLATE")) {
            characterSet();
            return true;
        }
        return tokens.takeOneOf("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY", "ASCII", "UNICODE", "INTEGER", "INT");
    }

    void characterSet() {
        if (!parser.tokens.take("BINARY") && !parser.tokens.take(Token.Kind.TEXT)) {
            parser.name();
        }
    }
}
