package dev.sallyport.cli.reviews;

import dev.sallyport.api.Reviews.Reject;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Rejects a held statement.
@Command(
        name = "reject",
        header = "Reject a held statement: it does not run, and its user reads why.",
        footer = {"", "Example:", "  sally reviews reject rev_… --reason 'not on a Friday'"})
public final class RejectReview extends Action {

    @Parameters(paramLabel = "REVIEW", description = "The review's id.")
    private String review = "";

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; its user reads it.")
    private String reason = "";

    public RejectReview(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var rejected = client().rejectReview(ShowReview.id(review), new Reject(reason));
        run.out().println(rejected.id() + " is rejected: the statement does not run.");
        return ExitCode.OK;
    }
}
