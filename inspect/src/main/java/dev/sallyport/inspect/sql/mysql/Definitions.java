package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.SqlName;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads what makes, changes and takes away tables, views, users and the like (MySQL's manual, 15.1, 15.7.1; MariaDB's
/// pages on data definition and accounts).
///
/// Of definitions and options it matters only what other tables, queries, functions and files are in them.
final class Definitions {
    /// Kinds of which it matters only that they are made, changed or dropped.
    private static final Set<String> PLAIN = Set.of("DATABASE", "SCHEMA", "USER", "ROLE", "SERVER", "TABLESPACE");

    private static final Set<String> PROGRAMS = Set.of("PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE");

    private static final Set<String> ELSEWHERE =
            Set.of("federated", "federatedx", "connect", "spider", "s3", "oqgraph", "sphinx", "mroonga");

    private final Parser parser;
    private final Tokens tokens;
    private final Facts facts;
    private final Analysis analysis;

    Definitions(Parser parser, Analysis analysis) {
        this.parser = parser;
        this.tokens = parser.tokens;
        this.facts = analysis.facts();
        this.analysis = analysis;
    }

    void create() {
        tokens.expect("CREATE");
        boolean replaces = tokens.take("OR", "REPLACE");
        boolean temporary = tokens.take("TEMPORARY");
        attributes();
        var kind = tokens.next();
        switch (kind.word()) {
            case "TABLE" -> {
                var object = temporary ? "temporary-table" : "table";
                facts.act(Operation.CREATE, object);
                if (replaces) {
                    facts.act(Operation.DROP, object);
                }
                parser.ifExists();
                facts.written(parser.qualifiedName());
                table();
            }
            case "VIEW" -> view(Operation.CREATE);
            case "INDEX" -> {
                facts.act(Operation.CREATE, "index");
                parser.ifExists();
                skipTo("ON");
                facts.written(parser.qualifiedName());
                skip();
            }
            case "SEQUENCE" -> {
                facts.act(Operation.CREATE, "sequence");
                parser.ifExists();
                facts.written(parser.qualifiedName());
                skip();
            }
            default -> other(Operation.CREATE, kind.word());
        }
    }

    /// What stands before the kind.
    private void attributes() {
        while (tokens.isOneOf(
                "DEFINER",
                "ALGORITHM",
                "SQL",
                "AGGREGATE",
                "UNIQUE",
                "FULLTEXT",
                "SPATIAL",
                "VECTOR",
                "ONLINE",
                "OFFLINE",
                "IGNORE",
                "UNDO")) {
            switch (tokens.next().word()) {
                case "DEFINER" -> {
                    tokens.expect("=");
                    user();
                }
                case "ALGORITHM" -> {
                    tokens.expect("=");
                    parser.name();
                }
                case "SQL" -> {
                    tokens.expect("SECURITY");
                    parser.name();
                }
                default -> {
                    // says nothing of tables
                }
            }
        }
    }

    private void user() {
        if (tokens.take("CURRENT_USER")) {
            if (tokens.take("(")) {
                tokens.expect(")");
            }
            return;
        }
        if (!tokens.take(Token.Kind.TEXT)) {
            parser.name();
        }
        tokens.take(Token.Kind.VARIABLE);
    }

    /// Of any kind that is no table.
    private void other(Operation operation, String kind) {
        var object = kind.equals("SCHEMA") ? "database" : kind.toLowerCase(Locale.ROOT);
        if (PLAIN.contains(kind)) {
            facts.act(operation, object);
            skip();
        } else if (PROGRAMS.contains(kind)) {
            facts.act(operation, object);
            program(kind);
        } else if (kind.equals("INSTANCE")) {
            facts.act(Operation.ADMINISTER, "instance");
            skip();
        } else if (kind.equals("LOGFILE") || kind.equals("RESOURCE")) {
            tokens.expect("GROUP");
            facts.act(operation, kind.toLowerCase(Locale.ROOT) + "-group");
            skip();
        } else {
            throw new NotUnderstood("a definition of a kind that is not known");
        }
    }

    /// A program that is stored, and may run in the next statement; or a function of a library.
    private void program(String kind) {
        boolean library = false;
        for (int ahead = 0; tokens.peek(ahead).kind() != Token.Kind.END; ahead++) {
            library |= tokens.peek(ahead).is("SONAME");
            if (tokens.peek(ahead).is(";") && tokens.peek(ahead + 1).kind() != Token.Kind.END) {
                throw new NotUnderstood("a program of several statements is not read");
            }
        }
        if (library) {
            facts.act(Operation.LOAD, "function");
        } else {
            facts.opaque(kind + " makes a program that is not read");
        }
        skip();
    }

    private void view(Operation operation) {
        facts.act(operation, "view");
        parser.ifExists();
        facts.written(parser.qualifiedName());
        if (tokens.is("(")) {
            parser.namesInParentheses();
        }
        tokens.expect("AS");
        analysis.query(parser.queries.query(), Scope.outermost());
        if (tokens.take("WITH")) {
            tokens.takeOneOf("CASCADED", "LOCAL");
            tokens.expect("CHECK", "OPTION");
        }
    }

    /// Behind a new table's name.
    private void table() {
        if (tokens.take("LIKE")) {
            facts.read(parser.qualifiedName());
            return;
        }
        if (tokens.take("(", "LIKE")) {
            facts.read(parser.qualifiedName());
            tokens.expect(")");
            return;
        }
        while (!tokens.atEnd()) {
            boolean query = tokens.isOneOf("SELECT", "VALUES", "TABLE")
                    || (tokens.is("WITH") && !tokens.peek(1).is("SYSTEM"))
                    || (tokens.is("(") && parser.queries.begins());
            if (query) {
                analysis.query(parser.queries.query(), Scope.outermost());
                return;
            }
            part();
        }
    }

    /// Reads past what stands there: options and definitions, up to the end of the statement.
    private void skip() {
        while (!tokens.atEnd()) {
            part();
        }
    }

    private void skipTo(String word) {
        while (!tokens.take(word)) {
            if (tokens.atEnd()) {
                throw NotUnderstood.at(tokens.peek());
            }
            part();
        }
    }

    /// One token, or what stands in parentheses.
    private void part() {
        if (tokens.is("(") && parser.queries.begins()) {
            analysis.query(parser.queries.inParentheses(), Scope.outermost());
            return;
        }
        var token = tokens.next();
        switch (token.word()) {
            case "(" ->
                parser.deeper(() -> {
                    while (!tokens.take(")")) {
                        part();
                    }
                    return token;
                });
            case ")" -> throw NotUnderstood.at(token);
            case "REFERENCES" -> facts.read(parser.qualifiedName());
            case "UNION" -> {
                // of `merge` tables: the tables that are read through it
                tokens.take("=");
                if (tokens.take("(")) {
                    while (!tokens.take(")")) {
                        var table = parser.qualifiedName();
                        facts.read(table);
                        facts.written(table);
                        tokens.take(",");
                    }
                }
            }
            case "ENGINE" -> {
                tokens.take("=");
                if (ELSEWHERE.contains(tokens.peek().text().toLowerCase(Locale.ROOT))) {
                    facts.act(Operation.CREATE, "foreign-table");
                }
            }
            case "CONNECTION" -> {
                if (tokens.is("=") || tokens.is(Token.Kind.TEXT)) {
                    facts.act(Operation.CREATE, "foreign-table");
                }
            }
            case "DIRECTORY" -> {
                if (tokens.is("=") || tokens.is(Token.Kind.TEXT)) {
                    facts.act(Operation.ADMINISTER, "directory");
                }
            }
            default -> {
                if (tokens.is("(") && BuiltIns.callsInDefinition(token.text())) {
                    facts.function(SqlName.of(token.text()));
                }
            }
        }
    }

    void alter() {
        tokens.expect("ALTER");
        attributes();
        var kind = tokens.next();
        switch (kind.word()) {
            case "TABLE" -> {
                facts.act(Operation.ALTER, "table");
                parser.ifExists();
                facts.written(parser.qualifiedName());
                changes();
            }
            case "VIEW" -> view(Operation.ALTER);
            case "SEQUENCE" -> {
                facts.act(Operation.ALTER, "sequence");
                parser.ifExists();
                facts.written(parser.qualifiedName());
                skip();
            }
            default -> other(Operation.ALTER, kind.word());
        }
    }

    /// What `alter table` does: what it takes away and which other tables it meets.
    private void changes() {
        boolean first = true;
        while (!tokens.atEnd()) {
            boolean begins = first;
            first = tokens.is(",");
            if (!begins) {
                part();
                continue;
            }
            switch (tokens.peek().word()) {
                case "DROP" -> {
                    tokens.next();
                    facts.act(Operation.DROP, dropped());
                }
                case "TRUNCATE" -> facts.act(Operation.TRUNCATE, "partition");
                case "RENAME" -> renamed();
                case "EXCHANGE" -> {
                    skipTo("TABLE");
                    facts.written(parser.qualifiedName());
                }
                case "CONVERT" -> {
                    if (!tokens.peek(1).is("TO")) {
                        skipTo("TABLE");
                        facts.written(parser.qualifiedName());
                    }
                }
                case "DISCARD", "IMPORT" -> facts.act(Operation.ADMINISTER, "tablespace");
                default -> {
                    // its words are read past
                }
            }
            if (!tokens.atEnd()) {
                first = tokens.is(",");
                part();
            }
        }
    }

    private String dropped() {
        return switch (tokens.peek().word()) {
            case "INDEX", "KEY" -> "index";
            case "PRIMARY", "FOREIGN", "CONSTRAINT", "CHECK" -> "constraint";
            case "PARTITION" -> "partition";
            case "SYSTEM", "PERIOD" -> "versioning";
            default -> "column";
        };
    }

    private void renamed() {
        tokens.expect("RENAME");
        if (tokens.isOneOf("COLUMN", "INDEX", "KEY")) {
            return;
        }
        tokens.takeOneOf("TO", "AS", "=");
        facts.act(Operation.RENAME, "table");
        facts.written(parser.qualifiedName());
    }

    void drop() {
        tokens.expect("DROP");
        if (tokens.take("PREPARE")) {
            facts.act(Operation.DEALLOCATE);
            parser.name();
            return;
        }
        boolean temporary = tokens.take("TEMPORARY");
        attributes();
        var kind = tokens.next();
        switch (kind.word()) {
            case "TABLE", "TABLES", "VIEW", "SEQUENCE" -> {
                var object = kind.is("TABLES") ? "table" : kind.word().toLowerCase(Locale.ROOT);
                facts.act(Operation.DROP, temporary ? "temporary-" + object : object);
                parser.ifExists();
                do {
                    facts.written(parser.qualifiedName());
                } while (tokens.take(","));
                tokens.takeOneOf("RESTRICT", "CASCADE");
                waiting();
            }
            case "INDEX" -> {
                facts.act(Operation.DROP, "index");
                skipTo("ON");
                facts.written(parser.qualifiedName());
                skip();
            }
            case "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE" -> {
                facts.act(Operation.DROP, kind.word().toLowerCase(Locale.ROOT));
                skip();
            }
            default -> other(Operation.DROP, kind.word());
        }
    }

    /// MariaDB's `wait 5`, `nowait`.
    private void waiting() {
        if (tokens.take("WAIT")) {
            tokens.expect(Token.Kind.NUMBER);
        } else {
            tokens.take("NOWAIT");
        }
    }

    void rename() {
        tokens.expect("RENAME");
        if (tokens.take("USER")) {
            facts.act(Operation.RENAME, "user");
            skip();
            return;
        }
        tokens.expectOneOf("TABLE", "TABLES");
        facts.act(Operation.RENAME, "table");
        parser.ifExists();
        do {
            facts.written(parser.qualifiedName());
            waiting();
            tokens.expect("TO");
            facts.written(parser.qualifiedName());
        } while (tokens.take(","));
    }

    void truncate() {
        tokens.expect("TRUNCATE");
        tokens.take("TABLE");
        facts.act(Operation.TRUNCATE, "table");
        facts.written(parser.qualifiedName());
        waiting();
    }

    void grant() {
        var operation = tokens.next().is("GRANT") ? Operation.GRANT : Operation.REVOKE;
        // who may act as another is given a role
        var object = tokens.is("PROXY") ? Optional.of("role") : Optional.<String>empty();
        while (!tokens.atEnd()) {
            if (object.isEmpty() && tokens.is("ON")) {
                tokens.next();
                object = Optional.of(granted());
            } else {
                part();
            }
        }
        facts.act(operation, object.orElse("role"));
    }

    private String granted() {
        if (tokens.isOneOf("PROCEDURE", "FUNCTION", "PACKAGE") && Parser.name(tokens.peek(1))) {
            return tokens.next().text().toLowerCase(Locale.ROOT);
        }
        tokens.take("TABLE");
        if (tokens.take("*", ".", "*")) {
            return "server";
        }
        return tokens.is("*") || tokens.peek(2).is("*") ? "database" : "table";
    }
}
