package dev.sallyport.cli.run;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Refused;
import dev.sallyport.core.recording.BrokenRecording;
import java.io.IOException;
import javax.net.ssl.SSLException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// How an error ends the program: one or two sentences on stderr, and an exit code. Never a stack trace, unless
/// `SALLY_DEBUG` is set.
public final class Endings implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private final Run run;

    public Endings(Run run) {
        this.run = run;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        run.say(sentence(wrong(e)) + " See  "
                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /// What is wrong with a command line. The parser's own words are good enough, but for a word that it does
    /// not expect: it counts the words from where nobody looks.
    private static String wrong(ParameterException e) {
        var commands = String.join(", ", e.getCommandLine().getSubcommands().keySet());
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            var word = "'" + unmatched.getUnmatched().getFirst() + "'";
            return commands.isEmpty()
                    ? word + " is one word too many."
                    : "there is no command " + word + " here; there are " + commands + ".";
        }
        boolean option = e instanceof UnmatchedArgumentException || e instanceof MissingParameterException;
        if (!option && !commands.isEmpty() && String.valueOf(e.getMessage()).startsWith("Missing required sub")) {
            return "say what to do: " + commands + ".";
        }
        return String.valueOf(e.getMessage()).replaceFirst("^Error: ", "");
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
        if (run.surroundings().variables().containsKey("SALLY_DEBUG")) {
            e.printStackTrace(run.surroundings().err());
        }
        return switch (e) {
            case Failure failure -> end(failure.code(), String.valueOf(failure.getMessage()));
            case Refused refused ->
                end(code(refused.problem()), refused.problem().detail());
            case BrokenRecording broken ->
                end(
                        ExitCode.NOT_VERIFIED,
                        "the recording cannot be trusted from event " + broken.firstBadEvent() + " on: "
                                + broken.getMessage());
            case IOException io
            when io.getCause() instanceof Refused refused ->
                end(code(refused.problem()), refused.problem().detail());
            case IOException io -> end(ExitCode.FAILED, network(io));
            case InterruptedException _ -> end(ExitCode.FAILED, "interrupted.");
            default ->
                end(
                        ExitCode.FAILED,
                        "a mistake of this program (" + e.getClass().getSimpleName()
                                + "). Set SALLY_DEBUG=1 to see where, and report it.");
        };
    }

    private int end(int code, String text) {
        run.say(sentence(text));
        return code;
    }

    private static int code(Problem problem) {
        return switch (problem.status()) {
            case 400, 413, 415 -> ExitCode.USAGE;
            case 401, 403, 404, 405, 409, 410, 412, 422, 429 -> ExitCode.REFUSED;
            default -> ExitCode.FAILED;
        };
    }

    private String network(IOException e) {
        if (!Reason.network(e)) {
            return Reason.of(e);
        }
        try {
            var next = e instanceof SSLException
                    ? "A certificate that no public authority signed is named as \"ca_file\" in "
                    : "Is it running? The address stands in ";
            return run.configuration().url() + ": " + Reason.of(e) + ". " + next
                    + run.configuration().path() + ".";
        } catch (Failure failure) {
            return Reason.of(e);
        }
    }

    private static String sentence(String text) {
        var stripped = text.strip();
        return stripped.matches("(?s).*[.!?:…]") ? stripped : stripped + ".";
    }
}
