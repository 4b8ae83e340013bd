package dev.sallyport.inspect.sql.mysql;

/// A token of the text.
///
/// @param text what it says: a name without quotes, a string without escapes, else as it stands
/// @param word a word that could be a keyword in upper case, or an operator; empty for all others, so that a quoted
///     name is never taken for a keyword
/// @param start where it begins in the text, in characters
/// @param end where it ends, exclusive
/// @param versioned whether it stands within a version comment that the server runs
record Token(Kind kind, String text, String word, int start, int end, boolean versioned) {

    enum Kind {
        /// an unquoted name or keyword
        WORD,
        /// a name that is no keyword: quoted, or next to a dot
        NAME,
        /// a string, without its escapes
        TEXT,
        NUMBER,
        /// `x'41'`, `0x41`, `b'01'`, `0b01`
        BITS,
        /// `?`
        PARAMETER,
        /// `@name`, and the host of `user@host`
        VARIABLE,
        OPERATOR,
        /// what stands after the last token
        END
    }

    boolean is(String keyword) {
        return word.equals(keyword);
    }
}
