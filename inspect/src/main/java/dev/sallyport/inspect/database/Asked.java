package dev.sallyport.inspect.database;

import dev.sallyport.inspect.sql.SqlSettings;
import java.util.Optional;

/// One statement as a codec decoded it, before the server has seen any of it.
///
/// @param number counts from 1 within the session
/// @param text what the client sent as SQL, exactly, decoded by the client's character set; empty when its bytes are
///     not text of that set or the set is not known, and then it cannot be understood
/// @param bytes the same as it was sent: what a verdict and a review are bound to
/// @param settings those of the session at this point
public record Asked(long number, Kind kind, Optional<String> text, byte[] bytes, SqlSettings settings) {

    /// How it was asked.
    public enum Kind {
        /// Runs as it stands; may hold several statements.
        QUERY,
        /// Is prepared by the protocol, to be run later, perhaps often, perhaps never.
        PREPARED,
        /// Something besides SQL that acts, as PostgreSQL's function call; `text` says it in words.
        COMMAND
    }
}
