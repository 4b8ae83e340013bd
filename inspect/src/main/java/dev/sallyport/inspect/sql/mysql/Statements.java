package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.inspect.sql.ColumnUse.Where;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlStatement;
import java.util.List;
import java.util.Set;

/// Reads one statement of any kind.
final class Statements {

    /// Reads a text that a statement carries, as the server would at this point.
    interface Inner {
        Reading read(String text);
    }

    private final Parser parser;
    private final Tokens tokens;
    private final Facts facts = new Facts();
    private final Analysis analysis = new Analysis(facts, new Steps());
    private final Inner inner;

    Statements(Parser parser, Inner inner) {
        this.parser = parser;
        this.tokens = parser.tokens;
        this.inner = inner;
    }

    /// Reads to the `;` behind it, or to the end.
    ///
    /// @throws NotUnderstood for a statement that is not known
    Facts read() {
        byWord(tokens.is("WITH") ? behindWith() : tokens.peek().word());
        if (!tokens.atEnd()) {
            throw NotUnderstood.at(tokens.peek());
        }
        return facts;
    }

    /// What a statement does that begins with common table expressions.
    private String behindWith() {
        int open = 0;
        for (int ahead = 1; tokens.peek(ahead).kind() != Token.Kind.END; ahead++) {
            var token = tokens.peek(ahead);
            open += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (open == 0 && (token.is("UPDATE") || token.is("DELETE"))) {
                return token.word();
            }
            if (open == 0 && token.is("SELECT")) {
                break;
            }
        }
        return "SELECT";
    }

    private void byWord(String word) {
        var definitions = new Definitions(parser, analysis);
        var administration = new Administration(parser, analysis);
        switch (word) {
            case "SELECT", "VALUES", "TABLE", "(" -> query();
            case "INSERT", "REPLACE" -> new Changes(parser, analysis).insert();
            case "UPDATE" -> new Changes(parser, analysis).update();
            case "DELETE" -> new Changes(parser, analysis).delete();
            case "LOAD" -> load();
            case "CREATE" -> definitions.create();
            case "ALTER" -> definitions.alter();
            case "DROP" -> definitions.drop();
            case "RENAME" -> definitions.rename();
            case "TRUNCATE" -> definitions.truncate();
            case "GRANT", "REVOKE" -> definitions.grant();
            case "SET" -> new Settings(parser, analysis).set();
            case "PREPARE" -> prepare();
            case "EXECUTE" -> execute();
            case "DEALLOCATE" -> {
                tokens.expect("DEALLOCATE", "PREPARE");
                parser.name();
                facts.act(Operation.DEALLOCATE);
            }
            case "EXPLAIN", "DESCRIBE", "DESC" -> explain();
            case "ANALYZE" -> {
                if (tokens.peek(1).is("TABLE") || tokens.peek(2).is("TABLE")) {
                    administration.read();
                } else {
                    tokens.next();
                    explained(Operation.EXPLAIN_ANALYZE);
                }
            }
            case "CALL" -> call();
            case "DO" -> {
                tokens.next();
                facts.act(Operation.DO);
                analysis.conditions(parser.expressions.list(), Scope.outermost());
            }
            case "HANDLER" -> handler();
            default -> administration.read();
        }
    }

    private void query() {
        var query = parser.queries.query();
        var rows = analysis.query(query, Scope.outermost());
        facts.gives(query.into() == Query.Into.CLIENT ? rows : Rows.NONE);
    }

    private void load() {
        if (tokens.peek(1).is("INDEX")) {
            new Administration(parser, analysis).read();
        } else {
            new Changes(parser, analysis).load();
        }
    }

    private void prepare() {
        tokens.expect("PREPARE");
        parser.name();
        tokens.expect("FROM");
        facts.act(Operation.PREPARE);
        carried("PREPARE takes a text that is not seen here");
    }

    private void execute() {
        tokens.expect("EXECUTE");
        facts.act(Operation.EXECUTE);
        if (tokens.take("IMMEDIATE")) {
            carried("EXECUTE runs a text that is not seen here");
        } else {
            parser.name();
            facts.opaque("EXECUTE runs what was prepared before");
        }
        if (tokens.take("USING")) {
            analysis.conditions(parser.expressions.list(), Scope.outermost());
        }
        facts.unsettles();
    }

    /// A text that is written down is read; any other is made when it runs.
    private void carried(String otherwise) {
        if (!tokens.is(Token.Kind.TEXT)) {
            facts.opaque(otherwise);
            analysis.walk(parser.expressions.expression(), Scope.outermost(), Where.CONDITION);
            return;
        }
        var text = parser.text();
        if (!tokens.atEnd() && !tokens.is("USING")) {
            throw NotUnderstood.at(tokens.peek());
        }
        switch (inner.read(text)) {
            case Reading.Read(var statements)
            when statements.size() == 1 -> {
                facts.runs(statements.getFirst());
                facts.gives(new Rows(statements.getFirst().results(), true));
            }
            case Reading.Read _ -> throw new NotUnderstood("the text that it carries is not one statement");
            case Reading.Unread(var why) -> throw new NotUnderstood(why);
        }
    }

    private void explain() {
        tokens.next();
        if (tokens.take("ANALYZE")) {
            explained(Operation.EXPLAIN_ANALYZE);
        } else if (Parser.name(tokens.peek())
                && !tokens.isOneOf("FORMAT", "EXTENDED", "PARTITIONS")
                && !tokens.is("REPLACE")) {
            facts.act(Operation.SHOW, "columns");
            facts.read(parser.qualifiedName());
            if (!tokens.atEnd() && !tokens.take(Token.Kind.TEXT)) {
                parser.name();
            }
        } else {
            explained(Operation.EXPLAIN);
        }
    }

    private void explained(Operation operation) {
        tokens.takeOneOf("EXTENDED", "PARTITIONS");
        if (tokens.take("FORMAT")) {
            tokens.expect("=");
            if (!tokens.take(Token.Kind.TEXT)) {
                parser.name();
            }
        }
        facts.act(operation);
        if (tokens.take("FOR", "CONNECTION")) {
            tokens.expect(Token.Kind.NUMBER);
            facts.act(Operation.SHOW, "processlist");
            return;
        }
        int start = tokens.peek().start();
        switch (tokens.peek().word()) {
            case "SELECT", "WITH", "TABLE", "VALUES", "(", "INSERT", "REPLACE", "UPDATE", "DELETE" -> {
                var held = new Statements(parser, inner)
                        .read()
                        .statement(start, tokens.last().end());
                if (operation == Operation.EXPLAIN) {
                    facts.uses(held);
                } else {
                    facts.runs(bounded(held));
                }
            }
            default -> throw NotUnderstood.at(tokens.peek());
        }
    }

    /// What it returns is a plan, and no rows.
    private static SqlStatement bounded(SqlStatement held) {
        return new SqlStatement(
                held.start(),
                held.end(),
                held.acts(),
                held.tables(),
                held.columns(),
                held.functions(),
                held.everyRow(),
                false,
                held.opaque(),
                List.of());
    }

    private void call() {
        tokens.expect("CALL");
        facts.act(Operation.CALL);
        facts.function(parser.qualifiedName());
        facts.opaque("CALL runs a procedure that is not read");
        facts.unsettles();
        if (tokens.is("(")) {
            analysis.all(parser.queries.row(), Scope.outermost(), Where.RESULT);
        }
    }

    /// `handler t open`, `handler t read first where … limit 10`, `handler t close`.
    private void handler() {
        tokens.expect("HANDLER");
        var name = parser.qualifiedName();
        if (tokens.take("OPEN")) {
            facts.act(Operation.OTHER, "handler");
            facts.read(name);
            parser.alias(false);
            return;
        }
        if (tokens.take("CLOSE")) {
            facts.act(Operation.CLOSE);
            return;
        }
        tokens.expect("READ");
        facts.act(Operation.OTHER, "handler");
        facts.act(Operation.SELECT);
        // the name may be an alias that was given before, so that no column is known
        facts.read(name);
        facts.opaque("HANDLER reads what was opened before");
        if (!tokens.takeOneOf("FIRST", "NEXT", "PREV", "LAST")) {
            parser.name();
            if (!tokens.takeOneOf("FIRST", "NEXT", "PREV", "LAST")) {
                tokens.expectOneOf("=", "<=", ">=", "<", ">");
                analysis.all(parser.queries.row(), Scope.outermost(), Where.CONDITION);
            }
        }
        var scope = Scope.outermost().inner();
        scope.add(new Source.Table(name.name(), name));
        parser.queries.clause("WHERE").ifPresent(where -> analysis.walk(where, scope, Where.CONDITION));
        var limit = parser.queries.limit();
        facts.gives(new Rows(List.of(new ResultColumn(ResultColumn.STAR, false, Set.of())), Analysis.few(limit)));
    }
}
