package dev.sallyport.cli.sessions;

import dev.sallyport.api.Refused;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.Events;
import dev.sallyport.core.recording.export.Commands;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows what is known of a session.
@Command(name = "show", header = "Show a session: who, what, when, from where, and how it ended.")
public final class Show extends Action {

    /// How many bytes of a recording are looked at for commands, unless asked for all.
    private static final long LOOKED_AT = 4 << 20;

    /// Longest line of a command, in characters.
    private static final int LONGEST = 200;

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--all", description = "Look for commands in all of a long recording.")
    private boolean all;

    @Mixin
    private final Format format = new Format();

    public Show(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var shown = client().session(OpenRecording.sessionId(session).value());
        if (format.isJson()) {
            format.json(run, shown);
            return ExitCode.OK;
        }
        facts(shown)
                .print(run.out(), run.surroundings().colours(run.surroundings().outIsTerminal()));
        if (shown.level().equals("full")) {
            commands();
        }
        return ExitCode.OK;
    }

    /// What was run: the command line of an exec, and what was typed as far as it can be guessed.
    private void commands() throws Failure {
        try (var progress = new Progress(run.surroundings());
                var recording = OpenRecording.of(run, session, progress)) {
            var beginning = new Beginning(recording, all ? Long.MAX_VALUE : LOOKED_AT);
            print(Commands.of(beginning), beginning.cut());
        } catch (Refused e) {
            run.say("what was run stands in the recording, which could not be opened: " + e.getMessage());
        } catch (IOException e) {
            run.say("what was run stands in the recording, which could not be read: " + Reason.of(e) + ".");
        }
    }

    private void print(List<Commands.Command> commands, boolean cut) {
        if (!commands.isEmpty()) {
            run.out().println();
            run.out().println("What was run (a line marked ~ is a guess from what was typed, not a proof):");
        }
        for (var command : commands) {
            var time = Moment.local(Instant.EPOCH.plus(command.time(), ChronoUnit.MICROS));
            run.out().println(time + (command.guess() ? "  ~ " : "    ") + Escaped.of(command.text(), LONGEST));
        }
        if (cut) {
            run.say("only the recording's beginning was looked at for what was run; --all looks at all of it.");
        }
    }

    /// The first events of a recording, up to so many bytes.
    private static final class Beginning implements Events {

        private final OpenRecording recording;
        private long left;
        private boolean cut;

        Beginning(OpenRecording recording, long bytes) {
            this.recording = recording;
            this.left = bytes;
        }

        /// Whether there was more.
        boolean cut() {
            return cut;
        }

        @Override
        public Optional<Event> next() throws IOException {
            if (left <= 0) {
                cut = true;
                return Optional.empty();
            }
            var event = recording.storedNow();
            event.ifPresent(one -> left -= one.bytes().length);
            return event;
        }
    }

    private Facts facts(Session shown) {
        var certificate = shown.certificate();
        return new Facts()
                .add("session", shown.id())
                .add("user", shown.email() + " (" + shown.user() + ")")
                .add("connection", shown.connectionName() + " (" + shown.connection() + ")")
                .add("request", shown.request())
                .add("command", shown.command())
                .add("from", shown.source())
                .add("certificate", certificate.keyId() + ", serial " + certificate.serial())
                .add("key", certificate.keyFingerprint())
                .add("signed by", certificate.caFingerprint())
                .add("agent", shown.agent())
                .add("started", Moment.local(shown.startedAt()))
                .add("ended", shown.endedAt() == null ? null : ended(shown.startedAt(), shown.endedAt()))
                .add("must end by", shown.endedAt() == null ? Moment.local(shown.deadline()) : null)
                .add("state", shown.state())
                .add("outcome", outcome(shown))
                .add("recording", recording(shown));
    }

    private static String ended(Instant start, Instant end) {
        return Moment.local(end) + " (after " + Moment.words(Duration.between(start, end)) + ")";
    }

    private static @Nullable String outcome(Session shown) {
        var sentence = shown.sentence();
        return sentence == null ? shown.outcome() : shown.outcome() + ": " + sentence;
    }

    private static String recording(Session shown) {
        return shown.recording() + ", level " + shown.level();
    }
}
