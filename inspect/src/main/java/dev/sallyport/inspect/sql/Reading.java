package dev.sallyport.inspect.sql;

import java.util.List;

/// What became of reading a text.
public sealed interface Reading {

    /// The whole text was understood, to its last character.
    ///
    /// @param statements in order; none when the text holds nothing but blanks and comments
    record Read(List<SqlStatement> statements) implements Reading {
        public Read {
            statements = List.copyOf(statements);
        }
    }

    /// The text, or some of it, was not understood.
    ///
    /// @param why one sentence for the user; repeats nothing of the text but single words
    record Unread(String why) implements Reading {}
}
