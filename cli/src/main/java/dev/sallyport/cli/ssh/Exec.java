package dev.sallyport.cli.ssh;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs one command, or what stands in a file, through a connection, for scripts: no question that would wait for
/// somebody.
@Command(
        name = "exec",
        header = "Run a command, SQL or a file of either through a connection, for scripts.",
        description =
                "There is no terminal without -t, and ssh asks nothing: where it would, it fails. stdin, stdout and stderr are the "
                        + "command's. The exit status is the command's; 255 is ssh's own. As with ssh, the words are put together "
                        + "with blanks between them. At a database the command is SQL: statements run one by one until the first "
                        + "that fails, which makes the exit status 1; rows come tab-separated, or as a table with -t.",
        footer = {
            "",
            "Examples:",
            "  sally exec bash -- uptime",
            "  sally exec postgres -- 'select 1' > one.txt",
            "  sally exec -t postgres 'select * from orders limit 10'",
            "  sally exec postgres -f migration.sql"
        })
public final class Exec extends Action {

    /// In the place of a file: our own stdin.
    private static final String STDIN = "-";

    @Mixin
    private final InstalledSsh ssh = new InstalledSsh();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Instead of a COMMAND: run what stands in this file, or comes on stdin with -f -.")
    private @Nullable String file;

    @Option(names = "-t", description = "Ask for a terminal: a database's rows come as a table.")
    private boolean terminal;

    @Parameters(index = "0", paramLabel = "NAME", description = "The connection;  sally ls  lists them.")
    private String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "COMMAND", description = "What to run there, after --.")
    private List<String> command = new ArrayList<>();

    public Exec(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        if ((file == null) == command.isEmpty()) {
            throw Failure.usage("what is to be run? Say a COMMAND after --, or a file with -f FILE, and not both.");
        }
        // with one -t, ssh asks for no terminal unless its stdin is one
        var options = List.of(terminal ? "-tt" : "-T", "-o", "BatchMode=yes");
        return ssh.run(run, name, options, command, input());
    }

    private Optional<Path> input() throws Failure {
        if (file == null || file.equals(STDIN)) {
            return Optional.empty();
        }
        var path = run.surroundings().folder().resolve(file);
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw Failure.usage("the file " + Escaped.of(file) + " cannot be read.");
        }
        return Optional.of(path);
    }
}
