package dev.sallyport.cli.sessions;

import dev.sallyport.api.Refused;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Format;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.sessions.Told.Statement;
import dev.sallyport.cli.sessions.Told.TransferredFile;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows what is known of a session.
@Command(
        name = "show",
        header = "Show a session: who, what, when, from where, and how it ended.",
        description = {
            "With it, out of the recording: the command of an exec, the lines typed at a terminal as far as",
            "they can be guessed, and the files transferred. With -o json these are  ran,  files  and  passed,",
            "behind the fields of the API's record."
        },
        footer = {"", "Then:  sally sessions replay SESSION"})
public final class Show extends Action {

    /// How many bytes of a recording are looked at for what was done, unless asked for all.
    private static final long LOOKED_AT = 4 << 20;

    /// Longest line of a command or name of a file, in characters.
    private static final int LONGEST = 200;

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--all", description = "Look at all of a long recording for what was done.")
    private boolean all;

    @Mixin
    private final Format format = new Format();

    public Show(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var shown = client().session(OpenRecording.sessionId(session).value());
        if (format.isJson()) {
            var told = told(shown);
            if (told.isPresent()) {
                format.json(run, shown, told.get());
            } else {
                format.json(run, shown);
            }
            return ExitCode.OK;
        }
        facts(shown).print(run.out(), colours());
        told(shown).ifPresent(this::print);
        var notIndexed = shown.statementsNotIndexed();
        if (notIndexed != null) {
            run.say(notIndexed + (notIndexed == 1 ? " statement" : " statements")
                    + " of this session are not in the index:  sally sessions search  does not find them.");
        }
        return ExitCode.OK;
    }

    /// What the recording tells; nothing where it cannot be opened, which is said.
    private Optional<Told> told(Session shown) throws Failure {
        if (shown.deletion() != null) {
            return Optional.empty();
        }
        try (var progress = new Progress(run.surroundings());
                var recording = OpenRecording.of(run, session, progress)) {
            return Optional.of(Told.of(recording, all ? Long.MAX_VALUE : LOOKED_AT));
        } catch (Refused e) {
            run.say("what was done stands in the recording, which could not be opened: " + e.getMessage());
        } catch (IOException e) {
            run.say("what was done stands in the recording, which could not be read: " + Reason.of(e) + ".");
        }
        return Optional.empty();
    }

    private void print(Told told) {
        if (!told.ran().isEmpty()) {
            run.out().println();
            run.out().println("What was run (a line marked ~ is a guess from what was typed, not a proof):");
        }
        for (var command : told.ran()) {
            var time = Moment.local(command.time());
            run.out().println(time + (command.guess() ? "  ~ " : "    ") + Escaped.of(command.text(), LONGEST));
        }
        printStatements(told.statements());
        printFiles(told.files());
        var passed = told.passed();
        if (passed.input() + passed.output() + passed.error() > 0) {
            run.out().println();
            run.out()
                    .println("Passed without being kept: " + passed.input() + " bytes to the target, "
                            + (passed.output() + passed.error()) + " bytes back.");
        }
        if (!told.whole()) {
            run.say("only the recording's beginning was looked at for what was done; --all looks at all of it.");
        }
    }

    private void printStatements(List<Statement> statements) {
        if (statements.isEmpty()) {
            return;
        }
        run.out().println();
        run.out().println("Statements:");
        var table = new Table("WHEN", "VERDICT", "RUNS", "ROWS", "TOOK", "ERROR", "MASKED", "STATEMENT");
        for (var one : statements) {
            var micros = one.micros();
            var text = one.text();
            table.row(
                    Moment.local(one.time()),
                    joined(" ", one.verdict(), one.rule()),
                    Long.toString(one.runs()),
                    Long.toString(one.rows()),
                    micros == null ? "" : StatementPart.milliseconds(micros),
                    joined("", one.error()),
                    joined("", one.masked()),
                    text == null
                            ? "(no text)"
                            : cut(text.replaceAll("\\s+", " ").strip()));
        }
        format.table(run, table);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    private void printFiles(List<TransferredFile> files) {
        if (files.isEmpty()) {
            return;
        }
        run.out().println();
        run.out().println("Files:");
        var table = new Table("WHEN", "WHAT", "FILE", "BYTES", "RESULT", "SHA256");
        for (var file : files) {
            var time = file.time();
            table.row(
                    time == null ? "" : Moment.local(time),
                    joined(" ", file.protocol(), file.operation()),
                    name(file),
                    file.bytes() == null ? "" : file.bytes().toString(),
                    Boolean.FALSE.equals(file.complete()) ? "broke off" : joined("", file.result()),
                    joined("", file.sha256()));
        }
        format.table(run, table);
    }

    private static String name(TransferredFile file) {
        var name = joined(" -> ", file.path(), file.to(), file.command());
        return cut(name);
    }

    /// Those that are there.
    private static String joined(String between, @Nullable String... words) {
        return Stream.of(words).filter(Objects::nonNull).collect(Collectors.joining(between));
    }

    private boolean colours() {
        return run.surroundings().colours(run.surroundings().outIsTerminal());
    }

    private Facts facts(Session shown) {
        var certificate = shown.certificate();
        return new Facts()
                .add("session", shown.id())
                .add("user", shown.email() + " (" + shown.user() + ")")
                .add("connection", shown.connectionName() + " (" + shown.connection() + ")")
                .add("request", shown.request())
                .add("command", shown.command())
                .add("from", shown.source())
                .add("certificate", certificate.keyId() + ", serial " + certificate.serial())
                .add("key", certificate.keyFingerprint())
                .add("signed by", certificate.caFingerprint())
                .add("agent", shown.agent())
                .add("started", Moment.local(shown.startedAt()))
                .add("ended", shown.endedAt() == null ? null : ended(shown.startedAt(), shown.endedAt()))
                .add("must end by", shown.endedAt() == null ? Moment.local(shown.deadline()) : null)
                .add("state", shown.state())
                .add("outcome", outcome(shown))
                .add("recording", recording(shown))
                .add("on hold", onHold(shown));
    }

    private static String ended(Instant start, Instant end) {
        return Moment.local(end) + " (after " + Moment.words(Duration.between(start, end)) + ")";
    }

    private static @Nullable String outcome(Session shown) {
        var sentence = shown.sentence();
        return sentence == null ? shown.outcome() : shown.outcome() + ": " + sentence;
    }

    private static @Nullable String onHold(Session shown) {
        var hold = shown.hold();
        return hold == null ? null : "since " + Moment.local(hold.at()) + " by " + hold.by() + ": " + hold.reason();
    }

    private static String recording(Session shown) {
        var deletion = shown.deletion();
        if (deletion != null) {
            return "deleted on " + Moment.local(deletion.at()) + " by " + deletion.by() + ": " + deletion.reason();
        }
        return shown.recording() + ", level " + shown.level();
    }
}
