package dev.sallyport.core.recording.export;

import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Events;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/// Writes a recording as lines of JSON, one for each event, nothing left out.
///
/// `number`, `time` (RFC 3339), `kind`, `offset` where there is one, and what the event holds: `text` where it
/// is UTF-8, else `base64`. A character that is cut between two events makes both `base64`.
public final class JsonLines {

    private JsonLines() {}

    /// Writes all events there are.
    public static void write(Events events, Appendable out) throws IOException {
        for (var next = events.next(); next.isPresent(); next = events.next()) {
            var event = next.get();
            out.append("{\"number\":" + event.number());
            out.append(",\"time\":\"" + Instant.EPOCH.plus(event.time(), ChronoUnit.MICROS) + '"');
            out.append(",\"kind\":\"" + event.kind() + '"');
            if (event.covers() > 0) {
                out.append(",\"offset\":" + event.offset());
            }
            var text = text(event);
            if (text.isPresent()) {
                out.append(",\"text\":").append(Json.quoted(text.get()));
            } else {
                out.append(",\"base64\":\"")
                        .append(Base64.getEncoder().encodeToString(event.bytes()))
                        .append('"');
            }
            out.append("}\n");
        }
    }

    private static Optional<String> text(Event event) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(event.bytes()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
