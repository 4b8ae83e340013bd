package dev.sallyport.cli.admin;

import dev.sallyport.api.ConnectionTests.ConnectionTest;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Says whether a connection works, up to the login.
@Command(
        name = "test",
        header = "Test a connection: its agent opens the target up to the login, and runs nothing.",
        description = "Says step by step what worked: the agent is attached and accepts the definition, has the"
                + " secrets, reaches the address, trusts the host key, and is let in; for a custom connection, that the"
                + " account may run the program. The exit code is 1 when a step failed.",
        footer = {"", "Example:", "  sally admin connections test web-1"})
final class TestConnection extends Action {

    /// How long the outcome is waited for; the API gives up on a test before.
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final Duration POLL = Duration.ofMillis(250);

    @Parameters(paramLabel = "CONNECTION", description = "Id or name.")
    private String connection = "";

    @Mixin
    private final Format format = new Format();

    TestConnection(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var test = ended(client().testConnection(connection));
        if (format.isJson()) {
            format.json(run, test);
        } else {
            print(test);
        }
        return test.state().equals("passed") ? ExitCode.OK : ExitCode.FAILED;
    }

    private ConnectionTest ended(ConnectionTest begun) throws Exception {
        var test = begun;
        long until = System.nanoTime() + PATIENCE.toNanos();
        try (var progress = new Progress(run.surroundings())) {
            while (test.state().equals("running") && System.nanoTime() < until) {
                progress.waiting("the agent tests " + Escaped.of(begun.connectionName()));
                Thread.sleep(POLL);
                test = client().connectionTest(begun.connection(), begun.id());
            }
        }
        return test;
    }

    private void print(ConnectionTest test) {
        if (!test.steps().isEmpty()) {
            var table = new Table("STEP", "RESULT", "TIME", "WHAT");
            for (var step : test.steps()) {
                table.row(step.name().replace('_', ' '), step.state(), step.milliseconds() + " ms", step.sentence());
            }
            format.table(run, table);
        }
        switch (test.state()) {
            case "passed" -> run.say(test.connectionName() + " works.");
            case "failed" ->
                run.say(test.connectionName() + " does not work: "
                        + test.steps().stream()
                                .filter(step -> !step.state().equals("passed"))
                                .findFirst()
                                .map(step -> step.sentence())
                                .orElse("the API does not say why")
                        + ".");
            default -> run.say("nobody has said yet whether " + test.connectionName() + " works. Try again.");
        }
    }
}
