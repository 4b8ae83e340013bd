package dev.sallyport.cli.admin;

import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Mixin;

/// Shows one thing: as it is, or as a command made it.
abstract class One<T> extends Action {

    @Mixin
    private final Format format = new Format();

    One(Run run) {
        super(run);
    }

    /// Asks for it, or makes it.
    abstract T one() throws Exception;

    abstract Facts facts(T one);

    /// What to say after it.
    void after(T one) {
        // mostly nothing
    }

    @Override
    public Integer call() throws Exception {
        var one = one();
        if (format.isJson()) {
            format.json(run, one);
        } else {
            facts(one)
                    .print(
                            run.out(),
                            run.surroundings().colours(run.surroundings().outIsTerminal()));
        }
        after(one);
        return ExitCode.OK;
    }
}
