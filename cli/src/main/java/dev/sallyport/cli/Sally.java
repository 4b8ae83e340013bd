package dev.sallyport.cli;

import dev.sallyport.cli.access.Explain;
import dev.sallyport.cli.access.Who;
import dev.sallyport.cli.admin.AdminCommands;
import dev.sallyport.cli.declared.Apply;
import dev.sallyport.cli.declared.ImportHoop;
import dev.sallyport.cli.declared.ImportSshConfig;
import dev.sallyport.cli.export.Export;
import dev.sallyport.cli.guardrails.TestGuardrails;
import dev.sallyport.cli.login.LogIn;
import dev.sallyport.cli.login.LogOut;
import dev.sallyport.cli.reviews.ApproveReview;
import dev.sallyport.cli.reviews.ListReviews;
import dev.sallyport.cli.reviews.RejectReview;
import dev.sallyport.cli.reviews.ShowReview;
import dev.sallyport.cli.run.Endings;
import dev.sallyport.cli.run.Group;
import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.run.Surroundings;
import dev.sallyport.cli.sessions.DeleteRecording;
import dev.sallyport.cli.sessions.Download;
import dev.sallyport.cli.sessions.Follow;
import dev.sallyport.cli.sessions.Hold;
import dev.sallyport.cli.sessions.Holds;
import dev.sallyport.cli.sessions.Kill;
import dev.sallyport.cli.sessions.ListSessions;
import dev.sallyport.cli.sessions.Release;
import dev.sallyport.cli.sessions.Replay;
import dev.sallyport.cli.sessions.Search;
import dev.sallyport.cli.sessions.Show;
import dev.sallyport.cli.sessions.Verify;
import dev.sallyport.cli.ssh.Connect;
import dev.sallyport.cli.ssh.Exec;
import dev.sallyport.cli.ssh.WriteSshConfig;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
            "2:the command line is wrong, or a value is not valid; apply --check: there is a difference",
            "3:what was named is not there (any more), or you may not do this",
            "4:a recording is not what was recorded (verify)",
            "other:  connect  and  exec  pass on what ssh ends with"
        },
        footer = {
            "",
            "Configuration: --config FILE, else .sallyport/cli.json in this folder or one above,",
            "else ~/.config/sallyport/cli.json. NO_COLOR and TERM=dumb turn colours off. On a terminal, lists",
            "that are longer than it go through SALLY_PAGER, PAGER or less; SALLY_PAGER=cat turns that off."
        })
public final class Sally {

    /// Columns of a help text.
    private static final int WIDTH = 100;

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

    @Option(names = "--no-pager", scope = ScopeType.INHERIT, description = "Do not show long lists screen by screen.")
    void noPager(boolean none) {
        if (none) {
            run.noPager();
        }
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    boolean version;

    public static void main(String[] arguments) {
        int code = execute(Surroundings.ofProcess(), arguments);
        // Threads of the HTTP client must not hold the program back.
        Runtime.getRuntime().halt(code);
    }

    /// Runs the program once; returns its exit code.
    public static int execute(Surroundings surroundings, String... arguments) {
        try (var run = new Run(surroundings)) {
            return commands(run, List.of(arguments)::contains).execute(arguments);
        }
    }

    /// The commands, with those that `wanted` says are on the command line described in full: reading all of
    /// the descriptions takes longer than most commands do.
    static CommandLine commands(Run run, Predicate<String> wanted) {
        var sally = new CommandLine(new Sally(run));
        sally.addSubcommand(new ListConnections(run))
                .addSubcommand(new Connect(run))
                .addSubcommand(new Exec(run))
                .addSubcommand(new WriteSshConfig(run))
                .addSubcommand(sessions(run, wanted.test("sessions")))
                .addSubcommand(reviews(run, wanted.test("reviews")))
                .addSubcommand(access(run, wanted.test("access")))
                .addSubcommand(guardrails(run, wanted.test("guardrails")))
                .addSubcommand(AdminCommands.group(run, wanted))
                .addSubcommand(new Apply(run))
                .addSubcommand(imports(run, wanted.test("import")))
                .addSubcommand(new Export(run))
                .addSubcommand(new LogIn(run))
                .addSubcommand(new LogOut(run))
                .addSubcommand(new Status(run))
                .addSubcommand(new Completion(run))
                .addSubcommand(new Version(run));
        sally.getCommandSpec().version(Version.text());
        laidOut(sally);
        var endings = new Endings(run);
        return sally.setParameterExceptionHandler(endings)
                .setExecutionExceptionHandler(endings)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setOut(new PrintWriter(run.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(run.surroundings().err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        run.surroundings().colours(run.surroundings().outIsTerminal())
                                ? CommandLine.Help.Ansi.ON
                                : CommandLine.Help.Ansi.OFF));
    }

    /// Lays out the help of a command and of those below it.
    private static void laidOut(CommandLine command) {
        command.getCommandSpec()
                .usageMessage()
                .width(WIDTH)
                .abbreviateSynopsis(true)
                .sortOptions(false);
        command.getSubcommands().values().forEach(Sally::laidOut);
    }

    private static CommandLine sessions(Run run, boolean wanted) {
        var header = "Sessions and their recordings.";
        return wanted
                ? Group.of(
                        "sessions",
                        header,
                        new ListSessions(run),
                        new Search(run),
                        new Show(run),
                        new Follow(run),
                        new Replay(run),
                        new Download(run),
                        new Verify(run),
                        new Kill(run),
                        new Hold(run),
                        new Release(run),
                        new Holds(run),
                        new DeleteRecording(run))
                : Group.of("sessions", header);
    }

    private static CommandLine reviews(Run run, boolean wanted) {
        var header = "Statements that wait for an approval.";
        return wanted
                ? Group.of(
                        "reviews",
                        header,
                        new ListReviews(run),
                        new ShowReview(run),
                        new ApproveReview(run),
                        new RejectReview(run))
                : Group.of("reviews", header);
    }

    private static CommandLine imports(Run run, boolean wanted) {
        var header = "Draft a file for apply of what other programs know.";
        return wanted
                ? Group.of("import", header, new ImportHoop(run), new ImportSshConfig(run))
                : Group.of("import", header);
    }

    private static CommandLine guardrails(Run run, boolean wanted) {
        var header = "Trying guardrails out before they count.";
        return wanted ? Group.of("guardrails", header, new TestGuardrails(run)) : Group.of("guardrails", header);
    }

    private static CommandLine access(Run run, boolean wanted) {
        var header = "What the access rules come to.";
        return wanted ? Group.of("access", header, new Explain(run), new Who(run)) : Group.of("access", header);
    }
}
