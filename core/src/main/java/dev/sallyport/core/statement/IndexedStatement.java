package dev.sallyport.core.statement;

import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.UserId;
import java.time.Instant;
import java.util.Optional;

/// One statement in the index.
///
/// @param number in its session
/// @param at when it was recorded
/// @param text with what is secret in it masked, cut to [#LONGEST_TEXT] bytes
/// @param cut whether the recording has more of the text
/// @param verdict `allow`, `warn`, `hold` or `block`
/// @param rule which decided, if one did
public record IndexedStatement(
        SessionId session,
        long number,
        Instant at,
        UserId user,
        String email,
        ConnectionName connection,
        String text,
        boolean cut,
        String verdict,
        Optional<String> rule) {

    /// Longest text, in bytes of UTF-8.
    public static final int LONGEST_TEXT = 4_096;
}
