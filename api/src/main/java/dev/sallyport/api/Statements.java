package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a search over statements finds.
public interface Statements {

    /// A statement. The text is its user's, with what is secret in it masked.
    ///
    /// @param number in its session
    /// @param cut whether the recording has, or may have, more of the text
    /// @param verdict `allow`, `warn`, `hold` or `block`
    @Json(naming = Json.Naming.LowerUnderscore)
    record Statement(
            String session,
            long number,
            Instant at,
            String user,
            String email,
            String connectionName,
            String text,
            boolean cut,
            String verdict,
            @Nullable String rule) {}

    /// A session of which statements are not in the index; its recording has them.
    ///
    /// @param count how many, as far as is known
    @Json(naming = Json.Naming.LowerUnderscore)
    record Gap(String session, String user, String email, String connectionName, long count, Instant at) {}

    /// One page, newest first.
    ///
    /// @param items may be none although there is a next page
    /// @param searchedTo what was recorded since then has been searched, on this page and those before
    /// @param notIndexed the newest sessions of the time that is searched of which statements are missing; on the
    ///     first page only
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Statement> items, @Nullable String next, Instant searchedTo, List<Gap> notIndexed) {}
}
