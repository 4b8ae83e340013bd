package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The audit log, and the checkpoints that seal it.
public interface Audit {

    /// One line of the log.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Entry(
            String id,
            Instant time,
            String actor,
            String action,
            String object,
            String source,
            Map<String, String> details) {}

    /// One page of the log, newest first; or a whole minute, oldest first.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Page(List<Entry> items, @Nullable String next) {}

    /// A signed checkpoint.
    ///
    /// @param sequence counts from 1, without a gap
    /// @param text what is signed, base64 (URL alphabet)
    /// @param signature by the tenant key, base64 (URL alphabet)
    @Json(naming = Json.Naming.LowerUnderscore)
    record Checkpoint(long sequence, String text, String signature) {}

    /// Checkpoints in their order; ask again from behind the last one until there are none.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Checkpoints(List<Checkpoint> items) {}
}
