package dev.sallyport.cli.ssh;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.Run;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Runs one command through a connection, for scripts: no terminal, and no question that would wait for somebody.
@Command(
        name = "exec",
        header = "Run a command through a connection, for scripts.",
        description =
                "There is no terminal, and ssh asks nothing: where it would, it fails. stdin, stdout and stderr are the "
                        + "command's. The exit status is the command's; 255 is ssh's own. As with ssh, the words are put together "
                        + "with blanks between them.",
        footer = {"", "Examples:", "  sally exec bash -- uptime", "  sally exec postgres -- 'select 1' > one.txt"})
public final class Exec extends Action {

    @Mixin
    private final InstalledSsh ssh = new InstalledSsh();

    @Parameters(index = "0", paramLabel = "NAME", description = "The connection;  sally ls  lists them.")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run there, after --.")
    private List<String> command = new ArrayList<>();

    public Exec(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        return ssh.run(run, name, List.of("-T", "-o", "BatchMode=yes"), command);
    }
}
