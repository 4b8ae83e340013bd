package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse.Where;
import dev.sallyport.inspect.sql.SqlName;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads what steers transactions, sessions and the server (MySQL's manual, 15.3, 15.4, 15.7.3 to 15.7.8; MariaDB's
/// pages
/// of the same names).
final class Administration {

    private record Kind(Operation operation, String object) {}

    /// Statements of which it matters only how they begin.
    private static final Map<String, Kind> PLAIN = Map.ofEntries(
            plain("START", Operation.ADMINISTER, "replication"),
            plain("STOP", Operation.ADMINISTER, "replication"),
            plain("CHANGE", Operation.ADMINISTER, "replication"),
            plain("RESET", Operation.ADMINISTER, "reset"),
            plain("PURGE", Operation.ADMINISTER, "purge"),
            plain("SHUTDOWN", Operation.ADMINISTER, "shutdown"),
            plain("RESTART", Operation.ADMINISTER, "restart"),
            plain("CLONE", Operation.ADMINISTER, "clone"),
            plain("BINLOG", Operation.ADMINISTER, "binlog"),
            plain("BACKUP", Operation.ADMINISTER, "backup"),
            plain("INSTALL", Operation.LOAD, "plugin"),
            plain("UNINSTALL", Operation.LOAD, "plugin"),
            plain("IMPORT", Operation.COPY_FILE, "table"),
            plain("CACHE", Operation.MAINTAIN, "cache"),
            plain("LOAD", Operation.MAINTAIN, "cache"),
            plain("FLUSH", Operation.MAINTAIN, "flush"),
            plain("HELP", Operation.SHOW, "help"),
            plain("SIGNAL", Operation.OTHER, "signal"),
            plain("RESIGNAL", Operation.OTHER, "signal"),
            plain("GET", Operation.OTHER, "diagnostics"),
            plain("XA", Operation.OTHER, "xa"));

    private final Parser parser;
    private final Tokens tokens;
    private final Facts facts;
    private final Analysis analysis;

    Administration(Parser parser, Analysis analysis) {
        this.parser = parser;
        this.tokens = parser.tokens;
        this.facts = analysis.facts();
        this.analysis = analysis;
    }

    private static Map.Entry<String, Kind> plain(String word, Operation operation, String object) {
        return Map.entry(word, new Kind(operation, object));
    }

    /// @throws NotUnderstood for a statement that is not known
    void read() {
        switch (tokens.peek().word()) {
            case "BEGIN" -> {
                tokens.next();
                // anything else begins a program
                tokens.take("WORK");
                facts.act(Operation.BEGIN);
            }
            case "START" -> {
                if (tokens.peek(1).is("TRANSACTION")) {
                    facts.act(Operation.BEGIN);
                    skip();
                } else {
                    plain();
                }
            }
            case "COMMIT" -> ended(Operation.COMMIT);
            case "ROLLBACK" -> ended(Operation.ROLLBACK);
            case "SAVEPOINT" -> {
                tokens.next();
                parser.name();
                facts.act(Operation.SAVEPOINT);
            }
            case "RELEASE" -> {
                tokens.expect("RELEASE", "SAVEPOINT");
                parser.name();
                facts.act(Operation.SAVEPOINT);
            }
            case "USE" -> {
                tokens.next();
                facts.act(Operation.USE);
                parser.use(Optional.of(Parser.database(parser.name())));
            }
            case "SHOW" -> show();
            case "KILL" -> kill();
            case "LOCK", "UNLOCK" -> lock();
            case "ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM" -> maintain();
            default -> plain();
        }
    }

    private void plain() {
        var kind = PLAIN.get(tokens.peek().word());
        if (kind == null) {
            throw NotUnderstood.at(tokens.peek());
        }
        facts.act(kind.operation(), kind.object());
        skip();
    }

    /// Reads past the rest, in which no query may stand.
    private void skip() {
        while (!tokens.atEnd()) {
            if (tokens.next().is("SELECT")) {
                throw NotUnderstood.at(tokens.last());
            }
        }
    }

    private void ended(Operation operation) {
        tokens.next();
        tokens.take("WORK");
        facts.act(operation);
        if (tokens.take("TO")) {
            tokens.take("SAVEPOINT");
            parser.name();
        }
        if (tokens.take("AND")) {
            tokens.take("NO");
            tokens.expect("CHAIN");
        }
        tokens.take("NO");
        tokens.take("RELEASE");
    }

    /// `show full columns from t where …`.
    private void show() {
        tokens.next();
        tokens.takeOneOf("FULL", "GLOBAL", "SESSION", "LOCAL", "EXTENDED", "ALL");
        tokens.take("FULL");
        var what = tokens.next();
        facts.act(Operation.SHOW, what.text().toLowerCase(Locale.ROOT));
        switch (what.word()) {
            case "CREATE" -> {
                if (tokens.takeOneOf("TABLE", "VIEW", "SEQUENCE")) {
                    facts.read(parser.qualifiedName());
                }
            }
            case "COLUMNS", "FIELDS", "INDEX", "INDEXES", "KEYS" -> {
                tokens.expectOneOf("FROM", "IN");
                var table = parser.qualifiedName();
                facts.read(
                        tokens.takeOneOf("FROM", "IN")
                                ? SqlName.of(Parser.database(parser.name()), table.name())
                                : table);
            }
            default -> {
                // of no table
            }
        }
        while (!tokens.atEnd()) {
            if (tokens.take("WHERE")) {
                analysis.walk(parser.expressions.expression(), Scope.outermost(), Where.CONDITION);
            } else if (tokens.next().is("SELECT")) {
                throw NotUnderstood.at(tokens.last());
            }
        }
    }

    /// `kill query 5`, `kill hard user x`.
    private void kill() {
        tokens.next();
        facts.act(Operation.KILL);
        tokens.takeOneOf("HARD", "SOFT");
        tokens.takeOneOf("CONNECTION", "QUERY");
        tokens.take("ID");
        if (tokens.take("USER")) {
            skip();
        } else {
            analysis.walk(parser.expressions.expression(), Scope.outermost(), Where.CONDITION);
        }
    }

    private void lock() {
        boolean locks = tokens.next().is("LOCK");
        facts.act(Operation.LOCK, "table");
        if (!locks || tokens.is("INSTANCE")) {
            skip();
            return;
        }
        tokens.expectOneOf("TABLE", "TABLES");
        do {
            facts.read(parser.qualifiedName());
            parser.alias(false);
            while (tokens.takeOneOf("READ", "WRITE", "LOCAL", "LOW_PRIORITY", "CONCURRENT")) {
                // in any order
            }
        } while (tokens.take(","));
        if (tokens.take("WAIT")) {
            tokens.expect(Token.Kind.NUMBER);
        } else {
            tokens.take("NOWAIT");
        }
    }

    private void maintain() {
        var word = tokens.next().word();
        tokens.takeOneOf("LOCAL", "NO_WRITE_TO_BINLOG");
        tokens.expectOneOf("TABLE", "TABLES", "VIEW");
        facts.act(
                word.equals("ANALYZE") ? Operation.ANALYZE : Operation.MAINTAIN,
                word.equals("ANALYZE") ? "" : word.toLowerCase(Locale.ROOT));
        do {
            facts.read(parser.qualifiedName());
        } while (tokens.take(","));
        skip();
    }
}
