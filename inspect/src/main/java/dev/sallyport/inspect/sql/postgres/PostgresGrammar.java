package dev.sallyport.inspect.sql.postgres;

import com.google.gson.JsonObject;
import dev.sallyport.inspect.sql.Grammar;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import dev.sallyport.inspect.sql.SqlStatement;
import dev.sallyport.inspect.sql.postgres.parser.Parsed;
import dev.sallyport.inspect.sql.postgres.parser.Parses;
import dev.sallyport.inspect.sql.postgres.parser.PostgresParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.regex.Pattern;

/// PostgreSQL's dialect, by PostgreSQL's own parser of version 18.
///
/// A text means what it means with `standard_conforming_strings` on, as it is unless somebody turns it off; with it off
/// nothing is read.
public final class PostgresGrammar implements Grammar {

    private static final Pattern WORD = Pattern.compile("syntax error at or near \"([A-Za-z_]{1,32})\"");

    private final PostgresParser parser = new PostgresParser();
    private final Parses parses = new Parses(parser::parse);

    @Override
    public Reading read(String text, SqlSettings settings) {
        if (text.length() > LONGEST) {
            return new Reading.Unread("it is longer than " + LONGEST + " characters");
        }
        if (settings.backslashEscapes()) {
            return new Reading.Unread("standard_conforming_strings is off");
        }
        if (settings.other().equals(SqlSettings.UNSETTLED) && text.indexOf('\\') >= 0) {
            return new Reading.Unread("it has a backslash, and a statement before it may change what that means");
        }
        return switch (parses.parse(text)) {
            case Parsed.Tree(var root) -> statements(root, text);
            case Parsed.Refused(var message, var at) -> new Reading.Unread(why(message, at));
            case Parsed.Broken _ -> new Reading.Unread("it is too long or nested too deeply to be read");
        };
    }

    @Override
    public void warm() {
        parser.parse("select 1");
    }

    /// PostgreSQL's sentence, if it repeats no more of the text than a word.
    private static String why(String message, int at) {
        var word = WORD.matcher(message);
        return word.matches()
                ? "PostgreSQL's grammar does not take it: " + message
                : "PostgreSQL's grammar does not take it, at byte " + (at + 1);
    }

    private static Reading statements(JsonObject root, String text) {
        var statements = new ArrayList<SqlStatement>();
        var places = new Places(text);
        try {
            for (var each : Tree.list(root, "stmts")) {
                var raw = each.getAsJsonObject();
                int start = number(raw, "stmt_location");
                int length = number(raw, "stmt_len");
                var statement = new Statements();
                statement.read(Tree.node(raw, "stmt").orElseThrow(() -> new NotUnderstood("a statement is missing")));
                statements.add(statement
                        .facts()
                        .statement(
                                places.character(start),
                                length == 0 ? text.length() : places.character(start + length),
                                statement.rows()));
            }
            return new Reading.Read(statements);
        } catch (NotUnderstood e) {
            return new Reading.Unread(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            return new Reading.Unread("it is nested too deeply, or of a form that is not known");
        }
    }

    private static int number(JsonObject fields, String name) {
        return Tree.text(fields, name).map(Integer::parseInt).orElse(0);
    }

    /// Places in a text, counted in bytes of UTF-8 there and in characters here; asked in rising order.
    private static final class Places {
        private final String text;
        private final boolean plain;
        private int bytes;
        private int characters;

        Places(String text) {
            this.text = text;
            this.plain = text.getBytes(StandardCharsets.UTF_8).length == text.length();
        }

        int character(int at) {
            if (plain) {
                return Math.min(at, text.length());
            }
            while (bytes < at && characters < text.length()) {
                int code = text.codePointAt(characters);
                bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
                characters += Character.charCount(code);
            }
            return characters;
        }
    }
}
