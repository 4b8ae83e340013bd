package dev.sallyport.cli.sessions;

import dev.sallyport.api.ApiJson;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Events;
import dev.sallyport.core.recording.export.Commands;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a recording tells of a session, in short: what was run, which files were transferred, and how much
/// passed without being kept.
///
/// The texts are the user's and the target's: escape them before they are shown.
///
/// @param files at most [#MOST_FILES]
/// @param whole whether all of what is stored was looked at
@Json(naming = Json.Naming.LowerUnderscore)
public record Told(List<Ran> ran, List<TransferredFile> files, Passed passed, boolean whole) {

    /// Most files that are listed.
    static final int MOST_FILES = 10_000;

    /// A command.
    ///
    /// @param guess put together from what was typed: no proof
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Ran(Instant time, String text, boolean guess) {}

    /// A file that was transferred or changed, as the agent saw it pass.
    ///
    /// @param protocol `sftp`, `scp`, `rsync` or `git`; of the last two only the `command` is known
    /// @param operation `read` (to the user), `write` (to the target), `remove`, `rename`, …
    /// @param bytes that passed
    /// @param sha256 of the bytes that passed, when they passed in order
    /// @param result `ok`, or what the target said
    /// @param complete false when the transfer broke off
    @Json(naming = Json.Naming.LowerUnderscore)
    public record TransferredFile(
            @Nullable Instant time,
            @Nullable String protocol,
            @Nullable String operation,
            @Nullable String path,
            @Nullable String to,
            @Nullable String command,
            @Nullable Long bytes,
            @Nullable String sha256,
            @Nullable String result,
            @Nullable Boolean complete) {

        private static TransferredFile of(Event event) {
            var time = moment(event.time());
            try {
                var file = ApiJson.readLeniently(TransferredFile.class, event.bytes());
                return new TransferredFile(
                        time,
                        file.protocol,
                        file.operation,
                        file.path,
                        file.to,
                        file.command,
                        file.bytes,
                        file.sha256,
                        file.result,
                        file.complete);
            } catch (ApiJson.NotReadable e) {
                return new TransferredFile(
                        time, null, "unknown", null, null, null, null, null, "could not be understood", null);
            }
        }
    }

    /// How many bytes passed that are not kept, by stream.
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Passed(long input, long output, long error) {

        private Passed and(Event event) {
            try {
                var part = ApiJson.readLeniently(PassedPart.class, event.bytes());
                long bytes = Math.clamp(part.bytes, 0, Long.MAX_VALUE >> 16);
                return switch (part.stream) {
                    case "input" -> new Passed(input + bytes, output, error);
                    case "output" -> new Passed(input, output + bytes, error);
                    case "error" -> new Passed(input, output, error + bytes);
                    default -> this;
                };
            } catch (ApiJson.NotReadable e) {
                return this;
            }
        }
    }

    /// What an event of bytes that are not kept holds.
    @Json(naming = Json.Naming.LowerUnderscore)
    record PassedPart(String stream, long bytes) {}

    /// Reads so many bytes of what is stored of a recording by now.
    static Told of(OpenRecording recording, long bytes) throws IOException {
        var passing = new PassingBy(recording, bytes);
        var commands = Commands.of(passing);
        while (passing.next().isPresent()) {
            // there may be more commands than are listed; files follow
        }
        return new Told(
                commands.stream()
                        .map(one -> new Ran(moment(one.time()), one.text(), one.guess()))
                        .toList(),
                List.copyOf(passing.files),
                passing.passed,
                !passing.cut);
    }

    private static Instant moment(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /// The first events of a recording, up to so many bytes; what they tell of files is kept.
    private static final class PassingBy implements Events {

        private final OpenRecording recording;
        private final List<TransferredFile> files = new ArrayList<>();
        private Passed passed = new Passed(0, 0, 0);
        private long left;
        private boolean cut;

        PassingBy(OpenRecording recording, long bytes) {
            this.recording = recording;
            this.left = bytes;
        }

        @Override
        public Optional<Event> next() throws IOException {
            if (left <= 0) {
                cut = true;
                return Optional.empty();
            }
            var next = recording.storedNow();
            next.ifPresent(this::look);
            return next;
        }

        private void look(Event event) {
            left -= event.bytes().length;
            switch (event.kind()) {
                case FILE -> {
                    if (files.size() < MOST_FILES) {
                        files.add(TransferredFile.of(event));
                    } else {
                        cut = true;
                    }
                }
                case PASSED -> passed = passed.and(event);
                case OUTPUT,
                        ERROR,
                        INPUT,
                        HIDDEN_INPUT,
                        END_OF_INPUT,
                        RESIZE,
                        SIGNAL,
                        REQUEST,
                        MESSAGE,
                        EXIT,
                        END,
                        RECOVERED -> {
                    // says nothing of files
                }
            }
        }
    }
}
