package dev.sallyport.cli.sessions;

import dev.sallyport.api.Sessions.HoldWrite;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Puts a session on legal hold.
@Command(
        name = "hold",
        header = "Put a session on legal hold: its recording is not deleted.",
        description = "Neither by its retention nor by hand, until  sally sessions release.",
        footer = {"", "Example:", "  sally sessions hold ses_… --reason 'case 12'"})
public final class Hold extends Action {

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; stands in the audit log.")
    private String reason = "";

    public Hold(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var hold = client().holdSession(OpenRecording.sessionId(session).value(), new HoldWrite(reason));
        run.out().println(hold.session() + " is on hold.");
        return ExitCode.OK;
    }
}
