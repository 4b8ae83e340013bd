package dev.sallyport.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.ArrayList;
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
    /// @param parts what is signed, base64 (URL alphabet), cut into texts of at most [#LONGEST_PART]: longer
    ///     ones no JSON reader of ours takes
    /// @param signature by the tenant key, base64 (URL alphabet)
    @Json(naming = Json.Naming.LowerUnderscore)
    record Checkpoint(long sequence, List<String> parts, String signature) {

        /// Most characters of a part.
        public static final int LONGEST_PART = 16_000;

        /// A checkpoint whose text is cut as it has to be.
        public static Checkpoint of(long sequence, String text, String signature) {
            var parts = new ArrayList<String>();
            for (int from = 0; from < text.length(); from += LONGEST_PART) {
                parts.add(text.substring(from, Math.min(text.length(), from + LONGEST_PART)));
            }
            return new Checkpoint(sequence, parts, signature);
        }

        /// What is signed, in one piece.
        public String text() {
            return String.join("", parts);
        }
    }

    /// Checkpoints in their order; ask again from behind the last one until there are none.
    @Json(naming = Json.Naming.LowerUnderscore)
    record Checkpoints(List<Checkpoint> items) {}
}
