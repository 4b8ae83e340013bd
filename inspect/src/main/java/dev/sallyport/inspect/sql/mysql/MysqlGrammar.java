package dev.sallyport.inspect.sql.mysql;

import dev.sallyport.inspect.sql.Grammar;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.SqlStatement;
import java.util.ArrayList;

/// The dialect of MySQL (8.0 and later) and MariaDB (10.6 and later), by a parser of our own that knows what it takes
/// and refuses everything else.
///
/// What the two servers, or their versions and modes, read differently is refused where it matters. A text with
/// comments that only some versions run is read as the session's server does; where its version is not known, both
/// ways, which have to mean the same.
public final class MysqlGrammar implements Grammar {

    /// Of [SqlSettings#other]: the client's character set has letters whose last byte is a backslash.
    public static final String BACKSLASH_IN_LETTERS = "BACKSLASH_IN_LETTERS";

    /// How often a text may carry another one, as in `prepare … from '…'`.
    private static final int DEEPEST_TEXT = 2;

    @Override
    public Reading read(String text, SqlSettings settings) {
        return read(text, settings, 0);
    }

    private static Reading read(String text, SqlSettings settings, int depth) {
        if (text.length() > LONGEST) {
            return new Reading.Unread("it is longer than " + LONGEST + " characters");
        }
        if (depth > DEEPEST_TEXT) {
            return new Reading.Unread("it carries texts within texts");
        }
        var modes = Modes.of(settings);
        if (modes.foreign()) {
            return new Reading.Unread("sql_mode is of another language");
        }
        if (modes.unsettled() && text.chars().anyMatch(c -> c == '"' || c == '\\' || c == '|')) {
            return new Reading.Unread("a statement before it may change what its quotes mean");
        }
        if (settings.other().contains(BACKSLASH_IN_LETTERS) && text.chars().anyMatch(c -> c > 0x7f)) {
            return new Reading.Unread("it has letters that can hold a backslash in the client's character set");
        }
        try {
            var skipping = new VersionComments(settings.serverVersion(), false);
            var reading = statements(text, settings, skipping, depth);
            if (skipping.doubts() == 0) {
                return reading;
            }
            var running = new VersionComments(settings.serverVersion(), true);
            return skipping.doubts() == 1
                            && reading.equals(statements(text, settings, running, depth))
                            && running.doubts() == 1
                    ? reading
                    : new Reading.Unread("it has a comment that only some versions of the server run");
        } catch (NotUnderstood e) {
            return new Reading.Unread(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            return new Reading.Unread("it is nested too deeply, or of a form that is not known");
        }
    }

    private static Reading statements(String text, SqlSettings settings, VersionComments versions, int depth) {
        var parser = new Parser(Lexer.tokens(text, settings, versions), settings);
        var tokens = parser.tokens;
        var statements = new ArrayList<SqlStatement>();
        boolean unsettled = false;
        while (!tokens.is(Token.Kind.END)) {
            if (tokens.take(";")) {
                continue;
            }
            if (unsettled) {
                throw new NotUnderstood("a statement before it in the text may change what it means");
            }
            int start = tokens.peek().start();
            var facts = new Statements(parser, inner -> read(inner, settings, depth + 1)).read();
            int end = tokens.is(Token.Kind.END) ? text.length() : tokens.peek().start();
            statements.add(facts.statement(start, end));
            unsettled = facts.isUnsettling();
        }
        return new Reading.Read(statements);
    }
}
