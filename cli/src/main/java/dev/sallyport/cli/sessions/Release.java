package dev.sallyport.cli.sessions;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Releases a session from its legal hold.
@Command(
        name = "release",
        header = "Release a session from its legal hold.",
        description = "When the time of its recording is over, it is deleted soon after.")
public final class Release extends Action {

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; stands in the audit log.")
    private String reason = "";

    public Release(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var id = OpenRecording.sessionId(session).value();
        client().releaseSession(id, reason);
        run.out().println(id + " is released.");
        return ExitCode.OK;
    }
}
