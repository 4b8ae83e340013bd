package dev.sallyport.cli.admin;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/// Deletes some of one noun, and stops at the first that cannot be.
abstract class Removal extends Action {

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "What to delete, by id or name.")
    private List<String> names = new ArrayList<>();

    Removal(Run run) {
        super(run);
    }

    abstract void remove(SallyportClient client, String name) throws IOException, Refused;

    @Override
    public Integer call() throws Exception {
        for (var name : names) {
            try {
                remove(client(), name);
            } catch (Refused refused) {
                throw names.size() == 1 ? refused : of(name, refused.problem());
            }
            run.out().println("deleted " + Escaped.of(name));
        }
        return ExitCode.OK;
    }

    /// Says which of several it was.
    private static Refused of(String name, Problem problem) {
        return new Refused(new Problem(
                problem.type(), problem.title(), problem.status(), name + ": " + problem.detail(), problem.errors()));
    }
}
