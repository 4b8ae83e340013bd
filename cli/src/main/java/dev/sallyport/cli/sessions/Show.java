package dev.sallyport.cli.sessions;

import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Shows what is known of a session.
@Command(name = "show", header = "Show a session: who, what, when, from where, and how it ended.")
public final class Show extends Action {

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

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
        return ExitCode.OK;
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
