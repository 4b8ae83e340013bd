package dev.sallyport.cli.ssh;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.Run;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs the real ssh with the options that a connection needs, and passes its exit status on.
@Command(
        name = "connect",
        header = "Open a connection, with the ssh that is installed here.",
        description = "Without a command it opens a shell or terminal. The exit status is ssh's.",
        footer = {
            "",
            "Examples:",
            "  sally connect bash",
            "  sally connect bash -- 'id; date'",
            "  sally connect --as bob --dry-run bash"
        })
public final class Connect extends Action {

    @Mixin
    private final InstalledSsh ssh = new InstalledSsh();

    @Option(names = "-t", description = "Ask for a terminal, also with a command.")
    private boolean terminal;

    @Parameters(index = "0", paramLabel = "NAME", description = "The connection;  sally ls  lists them.")
    private String name = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "What to run there, after --.")
    private List<String> command = new ArrayList<>();

    public Connect(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        return ssh.run(run, name, terminal ? List.of("-t") : List.of(), command);
    }
}
