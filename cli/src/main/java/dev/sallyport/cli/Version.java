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

    static String text() {
        var version = Sally.class.getPackage().getImplementationVersion();
        return "sally " + (version == null ? "(not packaged)" : version);
    }

    @Override
    public Integer call() {
        run.out().println(text());
        return ExitCode.OK;
    }
}
