package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse.Where;
import java.util.Locale;
import java.util.Set;

/// Reads `set` in all its forms (MySQL's manual, 15.7.6, 15.7.1.10 and 15.7.1.11; MariaDB's pages "SET", "SET
/// STATEMENT").
///
/// A setting of the session is told by its name, one of the server as `global.name` or `persist.name`, a user's
/// variable as `@`.
final class Settings {
    /// What changes how texts after it are read.
    private static final Set<String> UNSETTLING =
            Set.of("sql_mode", "character_set_client", "names", "charset", "character_set_connection");

    private final Parser parser;
    private final Tokens tokens;
    private final Facts facts;
    private final Analysis analysis;

    Settings(Parser parser, Analysis analysis) {
        this.parser = parser;
        this.tokens = parser.tokens;
        this.facts = analysis.facts();
        this.analysis = analysis;
    }

    void set() {
        tokens.expect("SET");
        if (tokens.is("STATEMENT")) {
            throw new NotUnderstood("sET STATEMENT is not read");
        }
        do {
            one();
        } while (tokens.take(","));
    }

    private void one() {
        if (tokens.take(Token.Kind.VARIABLE)) {
            facts.act(Operation.SET, "@");
            value();
            return;
        }
        if (tokens.take("@@")) {
            var name = parser.calls.systemVariable();
            setting(
                    name.startsWith("session.") || name.startsWith("local.")
                            ? name.substring(name.indexOf('.') + 1)
                            : name);
            value();
            return;
        }
        switch (tokens.peek().word()) {
            case "NAMES" -> {
                tokens.next();
                setting("names");
                characterSet();
                if (tokens.take("COLLATE")) {
                    characterSet();
                }
            }
            case "CHARACTER", "CHARSET" -> {
                if (!tokens.next().is("CHARSET")) {
                    tokens.expect("SET");
                }
                setting("charset");
                characterSet();
            }
            case "PASSWORD" -> account("password");
            case "ROLE" -> account("role");
            case "DEFAULT" -> {
                if (!tokens.peek(1).is("ROLE")) {
                    throw NotUnderstood.at(tokens.peek());
                }
                account("default_role");
            }
            case "RESOURCE" -> account("resource_group");
            case "TRANSACTION" -> transaction("");
            case "GLOBAL", "PERSIST", "PERSIST_ONLY" ->
                scoped(tokens.next().text().toLowerCase(Locale.ROOT) + ".");
            case "SESSION", "LOCAL" -> {
                tokens.next();
                scoped("");
            }
            default -> scoped("");
        }
    }

    private void scoped(String scope) {
        if (tokens.is("TRANSACTION")) {
            transaction(scope);
            return;
        }
        setting(scope + parser.calls.systemVariable());
        value();
    }

    private void setting(String name) {
        facts.act(Operation.SET, name);
        if (UNSETTLING.contains(name)) {
            facts.unsettles();
        }
    }

    private void value() {
        if (!tokens.takeOneOf("=", ":=")) {
            throw NotUnderstood.at(tokens.peek());
        }
        if (!tokens.takeOneOf("DEFAULT", "ON", "ALL", "BINARY")) {
            analysis.walk(parser.expressions.expression(), Scope.outermost(), Where.CONDITION);
        }
    }

    private void characterSet() {
        if (!tokens.take("DEFAULT")) {
            parser.types.characterSet();
        }
    }

    /// Who somebody is, and how they prove it: the rest is names and secrets, and no other setting.
    private void account(String name) {
        facts.act(Operation.SET, name);
        int values = name.equals("password") ? 1 : 0;
        while (!tokens.atEnd()) {
            boolean goesOn = tokens.is(",") && !name.endsWith("role");
            values -= tokens.isOneOf("=", ":=") ? 1 : 0;
            if (goesOn || values < 0 || (tokens.is("(") && parser.queries.begins())) {
                throw NotUnderstood.at(tokens.peek());
            }
            tokens.next();
        }
    }

    private void transaction(String scope) {
        facts.act(Operation.SET, scope + "transaction");
        tokens.expect("TRANSACTION");
        do {
            if (tokens.take("ISOLATION", "LEVEL")) {
                tokens.expectOneOf("REPEATABLE", "READ", "SERIALIZABLE");
                tokens.takeOneOf("READ", "COMMITTED", "UNCOMMITTED");
            } else {
                tokens.expect("READ");
                tokens.expectOneOf("WRITE", "ONLY");
            }
        } while (tokens.take(","));
    }
}
