package dev.sallyport.cli.sessions;

import dev.sallyport.api.Sessions.HoldPage;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Lists the sessions that are on legal hold.
@Command(name = "holds", header = "List the sessions that are on legal hold.")
public final class Holds extends Action {

    @Mixin
    private final Format format = new Format();

    public Holds(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var client = client();
        var holds = Pages.all(cursor -> {
            var page = client.holds(cursor);
            return new Pages.One<>(page.items(), page.next());
        });
        if (format.isJson()) {
            format.json(run, new HoldPage(holds, null));
        } else if (holds.isEmpty()) {
            run.say("no session is on hold.");
        } else {
            var table = new Table("SESSION", "SINCE", "BY", "REASON");
            holds.forEach(hold -> table.row(hold.session(), Moment.local(hold.at()), hold.by(), hold.reason()));
            format.table(run, table);
        }
        return ExitCode.OK;
    }
}
