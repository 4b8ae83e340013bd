package dev.sallyport.cli;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.Page;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.connection.ConnectionName;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists the connections that the key's user may use; an admin sees all.
@Command(
        name = "ls",
        header = "List the connections that you may use.",
        footer = {"", "Then:  sally connect NAME"})
final class ListConnections extends Action {

    @Mixin
    private final Format format = new Format();

    @Option(names = "--names", description = "Print the names only, one a line, for scripts.")
    private boolean names;

    ListConnections(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var client = client();
        var all = Pages.all(cursor -> {
            var page = client.connections(cursor);
            return new Pages.One<>(page.items(), page.next());
        });
        if (names) {
            all.stream()
                    .map(Connection::name)
                    .filter(name -> ConnectionName.of(name).isPresent())
                    .forEach(run.out()::println);
            return ExitCode.OK;
        }
        if (format.isJson()) {
            format.json(run, new Page(all, null));
            return ExitCode.OK;
        }
        if (all.isEmpty()) {
            run.say("there is no connection that you may use. An admin gives access with"
                    + "  sally admin rules create;  sally admin connections create  makes one.");
            return ExitCode.OK;
        }
        var table = new Table("NAME", "TYPE", "MODES", "RECORDING", "TAGS");
        for (var connection : all) {
            table.row(
                    connection.name(),
                    connection.type(),
                    connection.modes() == null ? "-" : String.join(",", connection.modes()),
                    recording(connection),
                    tags(connection.tags()));
        }
        format.table(run, table);
        return ExitCode.OK;
    }

    private static String recording(Connection connection) {
        var level = connection.recordingLevel();
        return level == null ? connection.recording() : connection.recording() + ", " + level;
    }

    private static String tags(Map<String, String> tags) {
        List<String> pairs = tags.entrySet().stream()
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .sorted()
                .toList();
        return pairs.stream().collect(Collectors.joining(" "));
    }
}
