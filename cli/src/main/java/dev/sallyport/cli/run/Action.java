package dev.sallyport.cli.run;

import dev.sallyport.api.SallyportClient;
import java.util.concurrent.Callable;

/// A command. It returns an [ExitCode], or throws: [Failure], [dev.sallyport.api.Refused], or an
/// [java.io.IOException].
public abstract class Action implements Callable<Integer> {

    protected final Run run;

    protected Action(Run run) {
        this.run = run;
    }

    protected SallyportClient client() throws Failure {
        return run.client();
    }
}
