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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a recording tells of a session, in short: what was run, which files were transferred, and how much
/// passed without being kept.
///
/// The texts are the user's and the target's: escape them before they are shown.
///
/// @param statements at most [#MOST_STATEMENTS]
/// @param files at most [#MOST_FILES]
/// @param whole whether all of what is stored was looked at
@Json(naming = Json.Naming.LowerUnderscore)
public record Told(
        List<Ran> ran, List<Statement> statements, List<TransferredFile> files, Passed passed, boolean whole) {

    /// Most statements that are listed.
    static final int MOST_STATEMENTS = 10_000;

    /// Most files that are listed.
    static final int MOST_FILES = 10_000;

    /// A command.
    ///
    /// @param guess put together from what was typed: no proof
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Ran(Instant time, String text, boolean guess) {}

    /// A statement of a database session.
    ///
    /// @param kind `query`, `prepared` or `command`
    /// @param verdict `allow`, `warn`, `block`, or `hold` with what became of it: `hold, approved`
    /// @param rule the guardrail's that it comes from
    /// @param text none when it was no text
    /// @param runs how often it was answered: what was prepared may run often, or never
    /// @param rows of all its runs
    /// @param micros of its first run
    /// @param error of its last run
    /// @param masked how many values of its last run were masked, by kind
    @Json(naming = Json.Naming.LowerUnderscore)
    public record Statement(
            Instant time,
            long number,
            @Nullable String kind,
            @Nullable String verdict,
            @Nullable String rule,
            @Nullable String text,
            long runs,
            long rows,
            long bytes,
            @Nullable Long micros,
            @Nullable String error,
            @Nullable String masked) {

        private static Statement judged(Event event, StatementPart part) {
            return new Statement(
                    moment(event.time()),
                    part.number(),
                    part.kind(),
                    part.verdict(),
                    part.rule(),
                    part.text(),
                    0,
                    0,
                    0,
                    null,
                    null,
                    null);
        }

        private Statement continued(StatementPart part) {
            return new Statement(
                    time,
                    number,
                    kind,
                    verdict,
                    rule,
                    (text == null ? "" : text) + (part.text() == null ? "" : part.text()),
                    runs,
                    rows,
                    bytes,
                    micros,
                    error,
                    masked);
        }

        private Statement decided(StatementPart part) {
            return new Statement(
                    time,
                    number,
                    kind,
                    verdict + ", " + part.decision(),
                    rule,
                    text,
                    runs,
                    rows,
                    bytes,
                    micros,
                    error,
                    masked);
        }

        private Statement answered(StatementPart part) {
            return new Statement(
                    time,
                    number,
                    kind,
                    verdict,
                    rule,
                    text,
                    runs + 1,
                    rows + (part.rows() == null ? 0 : part.rows()),
                    bytes + (part.bytes() == null ? 0 : part.bytes()),
                    micros == null ? part.micros() : micros,
                    part.error(),
                    part.masked());
        }
    }

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
                List.copyOf(passing.statements.values()),
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
        private final Map<Long, Statement> statements = new LinkedHashMap<>();
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
                case STATEMENT -> StatementPart.of(event).ifPresent(part -> judged(event, part));
                case ANSWER ->
                    StatementPart.of(event)
                            .ifPresent(part -> statements.computeIfPresent(
                                    part.number(), (number, statement) -> statement.answered(part)));
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

        private void judged(Event event, StatementPart part) {
            if (Boolean.TRUE.equals(part.continues())) {
                statements.computeIfPresent(part.number(), (number, statement) -> statement.continued(part));
            } else if (part.decision() != null) {
                statements.computeIfPresent(part.number(), (number, statement) -> statement.decided(part));
            } else if (statements.size() < MOST_STATEMENTS) {
                statements.put(part.number(), Statement.judged(event, part));
            } else {
                cut = true;
            }
        }
    }
}
