package dev.sallyport.inspect.database;

import java.util.Map;
import java.util.Optional;

/// How one statement went, when its last answer has passed.
///
/// @param number that of [Asked]; a prepared statement that runs three times is answered three times
/// @param rows returned or affected, as the server says
/// @param bytes of rows that went to the client, after masking
/// @param error the server's code (SQLSTATE), when it failed
/// @param masked how many values were masked, by entity type or rule; never a value
public record Answered(long number, long rows, long bytes, Optional<String> error, Map<String, Long> masked) {

    public Answered {
        masked = Map.copyOf(masked);
    }
}
