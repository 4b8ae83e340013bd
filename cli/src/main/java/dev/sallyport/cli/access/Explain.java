package dev.sallyport.cli.access;

import dev.sallyport.api.Access;
import dev.sallyport.api.Rules;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says whether a user may use a connection, and which rules decide.
@Command(
        name = "explain",
        header = "Say whether a user may use a connection, and why.",
        description = "Ends with 0 when the user may, with 3 when not. Nothing is tried.",
        footer = {"", "Example:", "  sally access explain alice@example.com prod-db --mode exec --from 192.0.2.7"})
public final class Explain extends Action {

    /// How a connection is used.
    enum Mode {
        connect,
        exec
    }

    @Parameters(paramLabel = "USER", description = "Id or e-mail address.")
    private String user = "";

    @Parameters(paramLabel = "CONNECTION", description = "Id or name.")
    private String connection = "";

    @Option(names = "--mode", paramLabel = "MODE", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Mode mode = Mode.connect;

    @Mixin
    private final Asked asked = new Asked();

    @Mixin
    private final Format format = new Format();

    public Explain(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var explained = client().explainAccess(
                        user,
                        connection,
                        mode.name(),
                        asked.at(run.surroundings().clock()),
                        asked.from);
        if (format.isJson()) {
            format.json(run, explained);
        } else {
            print(explained);
        }
        return explained.allowed() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private void print(Access.Explanation explained) {
        run.out()
                .println(Escaped.of(explained.email()) + (explained.allowed() ? " may " : " may not ")
                        + Escaped.of(explained.mode()) + (explained.mode().equals("exec") ? " on " : " to ")
                        + Escaped.of(explained.connection()) + ". " + Escaped.of(explained.because()));
        table(explained.rules());
        if (!explained.resting().isEmpty()) {
            run.out()
                    .println("These do not count "
                            + (explained.from() == null
                                    ? "then, or from an address that is" + " not known (--from)"
                                    : "then, or from there")
                            + ":");
            table(explained.resting());
        }
    }

    private void table(List<Rules.Rule> rules) {
        if (!rules.isEmpty()) {
            var table = new Table("RULE", "ID", "EFFECT", "GROUPS", "USERS", "CONNECTIONS");
            rules.forEach(rule -> row(table, rule));
            format.table(run, table);
        }
    }

    private static void row(Table table, Rules.Rule rule) {
        table.row(
                rule.name(),
                rule.id(),
                rule.effect(),
                String.join(",", rule.groups()),
                String.join(",", rule.users()),
                String.join(",", rule.connections()));
    }
}
