package dev.sallyport.cli.reviews;

import dev.sallyport.api.Reviews.Review;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Shows a review with its exact statement.
@Command(
        name = "show",
        header = "Show a review: the exact statement, what it touches, who asked, and how long it waits.",
        description = "What does not print is shown escaped.")
public final class ShowReview extends Action {

    @Parameters(paramLabel = "REVIEW", description = "The review's id.")
    private String review = "";

    @Mixin
    private final Format format = new Format();

    public ShowReview(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var shown = client().review(id(review));
        if (format.isJson()) {
            format.json(run, shown);
        } else {
            print(
                    shown,
                    run.out(),
                    run.surroundings().colours(run.surroundings().outIsTerminal()),
                    run.surroundings().clock().instant());
        }
        return ExitCode.OK;
    }

    static String id(String text) throws Failure {
        try {
            return new ReviewId(text.toLowerCase(Locale.ROOT)).value();
        } catch (IllegalArgumentException e) {
            throw Failure.usage("a review's id is rev_ and 26 characters:  sally reviews ls  lists them.");
        }
    }

    static void print(Review review, PrintStream out, boolean colours, Instant now) {
        var parameters = review.parameters();
        new Facts()
                .add("review", review.id())
                .add("state", state(review, now))
                .add("user", review.email() + " (" + review.user() + ")")
                .add("connection", review.connectionName())
                .add("session", review.session())
                .add("held by", review.rule())
                .add("because", review.reason())
                .add("touches", review.touches())
                .add("asked", Moment.local(review.requestedAt()))
                .add("decided by", review.decidedByEmail())
                .add("decided", local(review.decidedAt()))
                .add("reason", review.decisionReason())
                .add("approvers", review.approvers().isEmpty() ? "the admins" : String.join(", ", review.approvers()))
                .add("yours to decide", review.mayDecide() ? "yes" : "no")
                .add("sha256", review.statementSha256())
                .print(out, colours);
        var statement = review.statement();
        if (statement != null) {
            out.println();
            out.println("The statement:");
            // each line is marked: what it says cannot be taken for what we say
            Escaped.lines(statement).lines().forEach(line -> out.println("  | " + line));
        }
        if (parameters != null && !parameters.isEmpty()) {
            out.println();
            out.println("Its parameters:");
            for (int i = 0; i < parameters.size(); i++) {
                out.println("  $" + (i + 1) + " = " + Escaped.of(parameters.get(i)));
            }
        }
    }

    private static String state(Review review, Instant now) {
        return review.state().equals("pending")
                ? "pending, for another " + Moment.words(Duration.between(now, review.expiresAt()))
                : review.state();
    }

    private static @Nullable String local(@Nullable Instant instant) {
        return instant == null ? null : Moment.local(instant);
    }
}
