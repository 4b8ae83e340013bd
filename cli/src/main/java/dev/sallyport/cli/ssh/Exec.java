package dev.sallyport.cli.ssh;

import dev.sallyport.api.Refused;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.connection.DatabaseProtocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs one command, or what a file holds, through a connection: no question that would wait for somebody, and a
/// terminal only where it makes a table of a database's rows.
@Command(
        name = "exec",
        header = "Run a command, SQL or a file through a connection, for scripts.",
        description = {
            "What to run stands behind the name, in a file (-f), or comes on stdin, for a database as for a shell. ssh"
                    + " asks nothing: where it would, it fails. stdin, stdout and stderr are the command's. The exit"
                    + " status is the command's; 255 is ssh's own. As with ssh, the words are put together with blanks"
                    + " between them.",
            "There is no terminal, but for --table. A database's rows are tab-separated, or a table: with --table, or"
                    + " when stdout is a terminal and nothing is piped in."
        },
        footer = {
            "",
            "Examples:",
            "  sally exec bash -- uptime",
            "  sally exec shop-db 'select id, city from customers' > customers.tsv",
            "  sally exec shop-db -f report.sql",
            "  pg_dump --schema-only old | sally exec shop-db -f -"
        })
public final class Exec extends Action {

    /// Where ssh had a terminal it says that the connection is closed, unless it says errors only. The terminal is
    /// asked for although stdin may be none.
    private static final List<String> TERMINAL = List.of("-tt", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR");

    private static final List<String> NO_TERMINAL = List.of("-T", "-o", "BatchMode=yes");

    private static final String STDIN = "-";

    @Mixin
    private final InstalledSsh ssh = new InstalledSsh();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Run what FILE holds, as it streams in. - is standard input.")
    private @Nullable String file;

    @Option(
            names = {"-t", "--table"},
            description = "Ask for a terminal, so that a database's rows are a table.")
    private boolean table;

    @Parameters(index = "0", paramLabel = "NAME", description = "The connection;  sally ls  lists them.")
    private String name = "";

    @Parameters(
            index = "1..*",
            paramLabel = "COMMAND",
            description = "What to run there; after -- where words begin with a dash.")
    private List<String> command = new ArrayList<>();

    public Exec(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var connection = InstalledSsh.connection(name);
        var input = input();
        var options = table || tableByDefault(connection) ? TERMINAL : NO_TERMINAL;
        return ssh.run(run, connection, options, command, input);
    }

    /// The file for stdin, where it is not the one that is there.
    private Optional<Path> input() throws Failure {
        boolean typed = run.surroundings().person().isPresent();
        if (file == null) {
            if (command.isEmpty() && typed) {
                throw Failure.usage("say what to run: a command behind the name, -f FILE, or something on stdin."
                        + " Nothing was run.");
            }
            return Optional.empty();
        }
        if (!command.isEmpty()) {
            throw Failure.usage("say either a command or -f FILE, not both. Nothing was run.");
        }
        if (!file.equals(STDIN)) {
            return Optional.of(InstalledSsh.readable(run.surroundings().folder().resolve(file)));
        }
        if (table && typed) {
            // ssh would hand the keys on unseen, the one that ends input among them
            throw Failure.usage("-f - with --table takes a file or a pipe on stdin, not a terminal. Nothing was run.");
        }
        return Optional.empty();
    }

    /// Whether somebody looks at rows, and sends nothing in. Only of a database: a shell would write what a file holds
    /// between its answers.
    private boolean tableByDefault(ConnectionName connection) {
        boolean fileOrNothing = command.isEmpty()
                ? file != null && !file.equals(STDIN)
                : run.surroundings().person().isPresent();
        if (!run.surroundings().outIsTerminal() || !fileOrNothing) {
            return false;
        }
        try {
            return DatabaseProtocol.of(
                            client().connection(connection.toString()).type())
                    .isPresent();
        } catch (IOException | Refused | Failure e) {
            // It is only about looks, and ssh knows the way without the API.
            return false;
        }
    }
}
