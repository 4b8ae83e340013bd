package dev.sallyport.cli.sessions;

import dev.sallyport.api.Sessions;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Ends a live session.
@Command(
        name = "kill",
        header = "End a live session.",
        description = "Its user reads on the terminal who ended it.",
        footer = {"", "Example:", "  sally sessions kill ses_… --reason 'wrong database'"})
public final class Kill extends Action {

    /// How long the end is waited for.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(250);

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; stands in the audit log.")
    private @Nullable String reason;

    public Kill(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var id = OpenRecording.sessionId(session).value();
        var killed = client().killSession(id, new Sessions.Kill(reason));
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (killed.state().equals("live") && System.nanoTime() < until) {
            Thread.sleep(POLL);
            killed = client().session(id);
        }
        var sentence = killed.sentence();
        if (killed.state().equals("live")) {
            run.say("every edge was told to end " + id + ", and none has said yet that it did."
                    + "  sally sessions show " + id + "  tells when.");
        } else {
            run.out().println(id + " ended" + (sentence == null ? "." : ": " + Escaped.of(sentence) + "."));
        }
        return ExitCode.OK;
    }
}
