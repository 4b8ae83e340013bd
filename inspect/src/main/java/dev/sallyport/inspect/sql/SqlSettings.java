package dev.sallyport.inspect.sql;

import java.util.List;
import java.util.Optional;

/// The session's settings that change what a text means. Part of the key under which a verdict is cached.
///
/// @param searchPath schemas of unqualified names, in order; empty: not known, and a name without a schema then
///     matches a table of any schema (MySQL: the current database)
/// @param backslashEscapes whether a backslash escapes in an ordinary string: PostgreSQL with
///     `standard_conforming_strings` off, MySQL without `NO_BACKSLASH_ESCAPES`
/// @param ansiQuotes MySQL's `ANSI_QUOTES`: `"x"` is a name and not a string
/// @param serverVersion for MySQL's version comments, as `80036` or `110405`; empty: not known, and a text with
///     such a comment is read both ways or not at all
/// @param other whatever else the dialect needs, in a canonical form
public record SqlSettings(
        List<String> searchPath,
        boolean backslashEscapes,
        boolean ansiQuotes,
        Optional<Integer> serverVersion,
        String other) {

    /// As [#other]: a statement that is not answered yet may change the others.
    public static final String UNSETTLED = "unsettled";

    /// PostgreSQL's settings as they are without any `SET`, with an unknown search path.
    public static final SqlSettings POSTGRES = new SqlSettings(List.of(), false, false, Optional.empty(), "");

    /// MySQL's, likewise.
    public static final SqlSettings MYSQL = new SqlSettings(List.of(), true, false, Optional.empty(), "");

    public SqlSettings {
        searchPath = List.copyOf(searchPath);
    }
}
