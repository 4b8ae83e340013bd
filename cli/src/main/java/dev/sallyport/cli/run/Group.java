package dev.sallyport.cli.run;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// A word that only groups commands.
public final class Group {

    private Group() {}

    public static CommandLine of(String name, String header, Object... commands) {
        var spec = CommandSpec.create().name(name);
        spec.usageMessage().header(header).synopsisSubcommandLabel("COMMAND");
        var group = new CommandLine(spec);
        for (var command : commands) {
            group.addSubcommand(command);
        }
        return group;
    }
}
