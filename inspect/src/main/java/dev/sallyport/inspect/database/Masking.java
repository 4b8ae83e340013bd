package dev.sallyport.inspect.database;

import dev.sallyport.inspect.sql.ResultColumn;
import java.util.List;
import java.util.Optional;

/// Masks what a session's user may not see. One per session.
public interface Masking {

    /// The mask of one result.
    ///
    /// @param columns as the server describes them
    /// @param origins where they come from by grammar, one for each of `columns`; empty when that is not known
    ResultMask of(List<Column> columns, Optional<List<ResultColumn>> origins);

    /// Masks by value in a text of the server's that is no row: an error, a notice, a plan, a default. UTF-8.
    /// Returns `text` itself when nothing is in it.
    byte[] message(byte[] text);

    /// Masks nothing: for connections without a masking rule.
    Masking NONE = new NoMasking();
}
