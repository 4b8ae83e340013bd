package dev.sallyport.cli.sessions;

import dev.sallyport.api.ApiJson;
import dev.sallyport.core.recording.Event;
import io.avaje.jsonb.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one event of a recording says of a statement (`docs/recording.md`): the verdict on it, more of its text, what
/// became of it while it waited for an approval, or how it went. The texts are the user's and the target's.
@Json(naming = Json.Naming.LowerUnderscore)
public record StatementPart(
        long number,
        @Nullable String kind,
        @Nullable String verdict,
        @Nullable String rule,
        @Nullable String message,
        @Nullable Boolean continues,
        @Nullable String text,
        @Nullable String sha256,
        @Nullable String decision,
        @Nullable String email,
        @Nullable String review,
        @Nullable Long rows,
        @Nullable Long bytes,
        @Nullable Long micros,
        @Nullable String error,
        @Nullable String masked) {

    /// Reads it; empty when it cannot be understood.
    static Optional<StatementPart> of(Event event) {
        try {
            return Optional.of(ApiJson.readLeniently(StatementPart.class, event.bytes()));
        } catch (ApiJson.NotReadable e) {
            return Optional.empty();
        }
    }

    /// Its text, or what stands for a text that is none.
    String shown() {
        return text == null ? "(" + bytes + " bytes that are no text)" : text;
    }

    /// What became of it while it waited, in words; only of a part that tells it.
    String decided() {
        return decision
                + (email == null ? "" : " by " + email)
                + (message == null ? "" : ": " + message)
                + (review == null ? "" : " (" + review + ")");
    }

    /// How it went, in words.
    String outcome() {
        var words = new StringBuilder();
        if (error != null) {
            words.append("error ").append(error);
        } else {
            words.append(rows == null ? 0 : rows).append(rows != null && rows == 1 ? " row" : " rows");
        }
        if (micros != null) {
            words.append(", ").append(milliseconds(micros));
        }
        if (masked != null) {
            words.append(", masked: ").append(masked);
        }
        return words.toString();
    }

    /// Such as `1.2 ms`.
    static String milliseconds(long micros) {
        long tenths = Math.round(micros / 100.0);
        return tenths / 10 + "." + tenths % 10 + " ms";
    }
}
