package dev.sallyport.inspect.database;

import dev.sallyport.inspect.sql.SqlSettings;
import java.util.List;
import java.util.Optional;

/// One statement as a codec decoded it, before the server has seen any of it.
///
/// @param number counts from 1 within the session
/// @param text what the client sent as SQL, exactly, decoded by the client's character set; empty when its bytes are
///     not text of that set or the set is not known, and then it cannot be understood
/// @param bytes the same as it was sent: what a verdict and a review are bound to
/// @param settings those of the session at this point
/// @param parameters with which a prepared statement would run, each as text for people
public record Asked(
        long number, Kind kind, Optional<String> text, byte[] bytes, SqlSettings settings, List<String> parameters) {

    public Asked {
        parameters = List.copyOf(parameters);
    }

    /// One without parameters.
    public Asked(long number, Kind kind, Optional<String> text, byte[] bytes, SqlSettings settings) {
        this(number, kind, text, bytes, settings, List.of());
    }

    /// How it was asked.
    public enum Kind {
        /// Runs as it stands; may hold several statements.
        QUERY,
        /// Is prepared by the protocol, to be run later, perhaps often, perhaps never.
        PREPARED,
        /// A prepared statement, about to be run once, with its parameters.
        BOUND,
        /// Something besides SQL that acts, as PostgreSQL's function call; `text` says it in words.
        COMMAND
    }
}
