package dev.sallyport.cli.access;

import dev.sallyport.api.Access;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Lists who may use a connection.
@Command(
        name = "who",
        header = "List who may use a connection.",
        footer = {"", "Then:  sally access explain USER CONNECTION"})
public final class Who extends Action {

    @Parameters(paramLabel = "CONNECTION", description = "Id or name.")
    private String connection = "";

    @Mixin
    private final Asked asked = new Asked();

    @Mixin
    private final Format format = new Format();

    public Who(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var client = client();
        var at = asked.at(run.surroundings().clock());
        var all = Pages.all(cursor -> {
            var page = client.whoMay(connection, at, asked.from, cursor);
            return new Pages.One<>(page.items(), page.next());
        });
        if (format.isJson()) {
            format.json(run, new Access.Page(all, null));
            return ExitCode.OK;
        }
        if (all.isEmpty()) {
            run.say("nobody may use it. An admin gives access with  sally admin rules create.");
            return ExitCode.OK;
        }
        var table = new Table("USER", "ID", "MODES");
        all.forEach(one -> table.row(one.email(), one.user(), String.join(",", one.modes())));
        format.table(run, table);
        return ExitCode.OK;
    }
}
