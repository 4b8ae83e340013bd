package dev.sallyport.cli.sessions;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Deletes a session's recording.
@Command(
        name = "delete-recording",
        header = "Delete a session's recording for good.",
        description = {
            "Its key is destroyed: nobody reads it any more, whatever copies of it there are. The session stays",
            "in the list, and the audit log says who deleted the recording, when and why."
        },
        footer = {"", "Example:", "  sally sessions delete-recording ses_… --reason 'typed a private letter'"})
public final class DeleteRecording extends Action {

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; stands in the audit log.")
    private String reason = "";

    public DeleteRecording(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var shown = client().deleteRecording(OpenRecording.sessionId(session).value(), reason);
        var deletion = shown.deletion();
        run.out()
                .println("the recording of " + Escaped.of(shown.id()) + " was deleted"
                        + (deletion == null ? "." : " on " + deletion.at() + " by " + Escaped.of(deletion.by()) + "."));
        return ExitCode.OK;
    }
}
