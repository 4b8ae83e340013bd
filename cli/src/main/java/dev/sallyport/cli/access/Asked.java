package dev.sallyport.cli.access;

import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.run.Failure;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// When, and from where, it is asked whether somebody may.
final class Asked {

    @Option(names = "--at", paramLabel = "TIME", description = "When: in 2h, or at 2026-12-31T09:00:00Z. Default: now.")
    private @Nullable String at;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "From which address. Default: one that is not known.")
    @Nullable
    String from;

    /// As the API reads it.
    @Nullable
    String at(Clock clock) throws Failure {
        return at == null ? null : Moment.future(at, clock).toString();
    }
}
