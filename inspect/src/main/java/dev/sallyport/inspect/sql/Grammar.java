package dev.sallyport.inspect.sql;

/// Understands SQL of one dialect.
///
/// Safe for use by many threads. Never throws for any text: what is not understood, too long, too deep or breaks
/// the parser is [Reading.Unread], and it is for the policy to say what becomes of that.
public interface Grammar {

    /// Longest text that is read, in characters; a longer one is unread.
    int LONGEST = 1 << 20;

    /// Reads a text as the server would that has these settings: any number of statements.
    Reading read(String text, SqlSettings settings);

    /// Loads what the first reading would otherwise wait for.
    default void warm() {}
}
