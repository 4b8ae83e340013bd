package dev.sallyport.cli;

import dev.sallyport.cli.run.Endings;
import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.run.Surroundings;
import dev.sallyport.cli.sessions.Follow;
import dev.sallyport.cli.sessions.Kill;
import dev.sallyport.cli.sessions.ListSessions;
import dev.sallyport.cli.sessions.Replay;
import dev.sallyport.cli.sessions.Show;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The `sally` command.
@Command(
        name = "sally",
        header = "Sallyport: connections to what you may reach, and what was done there.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:it did not work: nothing answers, a file cannot be written, the server failed",
            "2:the command line is wrong, or a value is not valid",
            "3:what was named is not there, or you may not do this",
            "4:a recording is not what was recorded (verify)",
            "other:  connect  passes on what ssh ends with"
        },
        footer = {
            "",
            "Configuration: --config FILE, else .sallyport/cli.json in this folder or one above,",
            "else ~/.config/sallyport/cli.json. NO_COLOR and TERM=dumb turn colours off."
        })
public final class Sally {

    private final Run run;

    private Sally(Run run) {
        this.run = run;
    }

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Read the configuration from FILE.")
    void configuration(Path file) {
        run.configurationFile(file);
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean help;

    public static void main(String[] arguments) {
        int code = execute(Surroundings.ofProcess(), arguments);
        // Threads of the HTTP client must not hold the program back.
        Runtime.getRuntime().halt(code);
    }

    /// Runs the program once; returns its exit code.
    public static int execute(Surroundings surroundings, String... arguments) {
        try (var run = new Run(surroundings)) {
            return commands(run, List.of(arguments)).execute(arguments);
        }
    }

    /// The commands that `words` may be about: reading all of their descriptions takes longer than most of
    /// them.
    static CommandLine commands(Run run, List<String> words) {
        var sally = new CommandLine(new Sally(run));
        sally.addSubcommand(new ListConnections(run));
        var sessions = group("sessions", "Sessions and their recordings.");
        if (words.contains("sessions")) {
            sessions.addSubcommand(new ListSessions(run))
                    .addSubcommand(new Show(run))
                    .addSubcommand(new Follow(run))
                    .addSubcommand(new Replay(run))
                    .addSubcommand(new Kill(run));
        }
        sally.addSubcommand(sessions);
        sally.addSubcommand(new Version(run));
        var endings = new Endings(run);
        return sally.setParameterExceptionHandler(endings)
                .setExecutionExceptionHandler(endings)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(run.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(run.surroundings().err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        run.surroundings().colours(run.surroundings().outIsTerminal())
                                ? CommandLine.Help.Ansi.ON
                                : CommandLine.Help.Ansi.OFF));
    }

    private static CommandLine group(String name, String description) {
        var spec = CommandSpec.wrapWithoutInspection(null).name(name);
        spec.usageMessage().header(description).synopsisSubcommandLabel("COMMAND");
        return new CommandLine(spec);
    }
}
