package dev.sallyport.cli.reviews;

import dev.sallyport.api.Limits;
import dev.sallyport.api.Reviews.Page;
import dev.sallyport.api.Reviews.Review;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists reviews, newest first.
@Command(
        name = "ls",
        header = "List statements that wait for an approval, or did, newest first.",
        description = "Yours, and those that you may decide; admins and auditors see all.",
        footer = {"", "Example:", "  sally reviews ls --state pending"})
public final class ListReviews extends Action {

    /// Longest piece of a statement that a row shows.
    private static final int STATEMENT = 50;

    /// The states of a review.
    enum State {
        pending,
        approved,
        rejected,
        expired,
        cancelled,
        used
    }

    @Option(names = "--state", paramLabel = "STATE", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private @Nullable State state;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin
    private final Format format = new Format();

    public ListReviews(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var filters = new HashMap<String, String>();
        if (state != null) {
            filters.put("state", state.name());
        }
        filters.put("limit", Integer.toString(Math.min(Pages.limit(limit), Limits.PAGE)));
        var client = client();
        var reviews = Pages.first(limit, cursor -> {
            if (cursor != null) {
                filters.put("cursor", cursor);
            }
            var page = client.reviews(filters);
            return new Pages.One<>(page.items(), page.next());
        });
        if (format.isJson()) {
            format.json(run, new Page(reviews, null));
        } else if (reviews.isEmpty()) {
            run.say(state == null ? "nothing has waited for an approval yet." : "no review is " + state + ".");
        } else {
            print(reviews);
        }
        return ExitCode.OK;
    }

    private void print(Iterable<Review> reviews) {
        var table = new Table("REVIEW", "ASKED", "USER", "CONNECTION", "STATE", "YOURS TO DECIDE", "STATEMENT");
        for (var review : reviews) {
            table.row(
                    review.id(),
                    Moment.local(review.requestedAt()),
                    review.email(),
                    review.connectionName(),
                    review.state(),
                    review.mayDecide() ? "yes" : "no",
                    excerpt(review));
        }
        format.table(run, table);
    }

    private static String excerpt(Review review) {
        var text = review.excerpt().replaceAll("\\s+", " ");
        return text.codePointCount(0, text.length()) <= STATEMENT
                ? text
                : text.substring(0, text.offsetByCodePoints(0, STATEMENT)) + "…";
    }
}
