package dev.sallyport.inspect.sql.postgres.parser;

import com.google.gson.JsonObject;

/// What became of a text.
public sealed interface Parsed {

    /// Its tree as libpg_query writes it: `{"version": …, "stmts": [{"stmt": {…}, "stmt_location": …, "stmt_len":
    /// …}]}`,
    /// places in bytes of UTF-8.
    record Tree(JsonObject root) implements Parsed {}

    /// PostgreSQL's grammar does not take it.
    ///
    /// @param message PostgreSQL's own; may repeat a word of the text
    /// @param at the byte of the text's UTF-8, from 0
    record Refused(String message, int at) implements Parsed {}

    /// The parser broke, or had to be stopped.
    record Broken(String why) implements Parsed {}
}
