package dev.sallyport.cli;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;

/// Says which program this is.
@Command(name = "version", header = "Print the version.")
final class Version extends Action {

    Version(Run run) {
        super(run);
    }

    @Override
    public Integer call() {
        var version = Sally.class.getPackage().getImplementationVersion();
        run.out().println("sally " + (version == null ? "(not packaged)" : version));
        return ExitCode.OK;
    }
}
