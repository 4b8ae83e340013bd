package dev.sallyport.inspect.database;

import java.util.Map;
import java.util.Optional;

/// What a client said at its start.
///
/// @param database the one it wants, if it names one
/// @param user what it calls itself: ignored, and kept for the record only
/// @param parameters PostgreSQL's start-up parameters that the wire lets through, MySQL's connection attributes
public record ClientStart(Optional<String> database, String user, Map<String, String> parameters) {

    public ClientStart {
        parameters = Map.copyOf(parameters);
    }
}
