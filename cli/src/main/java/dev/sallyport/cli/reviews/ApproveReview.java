package dev.sallyport.cli.reviews;

import dev.sallyport.api.Reviews.Approve;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Approves a held statement.
@Command(
        name = "approve",
        header = "Approve a held statement: it runs once, exactly as it is shown.",
        description = "Prints what was approved. Nobody approves what they asked for themselves.",
        footer = {"", "Example:", "  sally reviews approve rev_… --reason 'case 12'"})
public final class ApproveReview extends Action {

    @Parameters(paramLabel = "REVIEW", description = "The review's id.")
    private String review = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; stands in the audit log.")
    private @Nullable String reason;

    public ApproveReview(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var client = client();
        var seen = client.review(ShowReview.id(review));
        // bound to what was seen: nothing else can be approved by this
        var approved = client.approveReview(seen.id(), new Approve(reason, seen.statementSha256()));
        ShowReview.print(
                approved,
                run.out(),
                run.surroundings().colours(run.surroundings().outIsTerminal()),
                run.surroundings().clock().instant());
        run.out().println();
        run.out().println(approved.id() + " is approved: the statement runs once.");
        return ExitCode.OK;
    }
}
