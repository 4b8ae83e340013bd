package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/// Lists all of one noun.
abstract class Listing<T> extends Action {

    @Mixin
    private final Format format = new Format();

    Listing(Run run) {
        super(run);
    }

    /// Asks for a page.
    abstract Pages.One<T> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused;

    /// The API's own record of a list.
    abstract Object page(List<T> items);

    abstract Table table(List<T> items);

    /// What to say when there is nothing, and what to do then.
    abstract String nothing();

    @Override
    public Integer call() throws Exception {
        var client = client();
        var items = Pages.all(cursor -> page(client, cursor));
        if (format.isJson()) {
            format.json(run, page(items));
        } else if (items.isEmpty()) {
            run.say(nothing());
        } else {
            format.table(run, table(items));
        }
        return ExitCode.OK;
    }
}
