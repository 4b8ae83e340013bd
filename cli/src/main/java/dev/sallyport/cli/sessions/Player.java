package dev.sallyport.cli.sessions;

import dev.sallyport.cli.run.Run;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.export.OurMessages;
import dev.sallyport.core.text.Escaped;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;

/// Shows a recording's events as the user saw them: stdout on stdout, stderr and our messages on stderr.
///
/// Where a person looks, only what draws is shown ([TerminalFilter]); into a file or pipe goes every byte as it
/// was recorded.
final class Player implements AutoCloseable {

    /// Puts a terminal back in order: main screen, cursor, colours, keyboard, no mouse, no bracketed paste.
    private static final String IN_ORDER =
            "\u001b[?1049l\u001b[?25h\u001b[0m\u001b[?1l\u001b>\u001b[?1000l\u001b[?1002l\u001b[?1003l"
                    + "\u001b[?1004l\u001b[?1006l\u001b[?2004l\u001b(B\u000f\r\n";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean filterOut;
    private final boolean filterErr;
    private final TerminalFilter outFilter = new TerminalFilter();
    private final TerminalFilter errFilter = new TerminalFilter();
    private final Pace pace;
    private final OurMessages ours = new OurMessages();

    /// @param raw whether a terminal gets everything
    Player(Run run, boolean raw, Pace pace) {
        this.out = run.out();
        this.err = run.surroundings().err();
        this.filterOut = run.surroundings().outIsTerminal() && !raw;
        this.filterErr = run.surroundings().errIsTerminal() && !raw;
        this.pace = pace;
    }

    /// Shows an event, when it is time; false when nobody reads any longer.
    boolean show(Event event) throws InterruptedException {
        var message = ours.seen(event);
        return switch (event.kind()) {
            case OUTPUT -> {
                wait(event);
                yield write(out, filterOut ? outFilter.pass(event.bytes()) : event.bytes());
            }
            case ERROR -> {
                wait(event);
                yield write(err, filterErr ? errFilter.pass(event.bytes()) : event.bytes());
            }
            case MESSAGE -> {
                wait(event);
                var bytes = message.getBytes(StandardCharsets.UTF_8);
                yield write(err, filterErr ? errFilter.pass(bytes) : bytes);
            }
            case STATEMENT ->
                statement(event, part -> {
                    if (part.decision() != null) {
                        return "-- " + part.decided();
                    }
                    var verdict = part.verdict() == null || part.verdict().equals("allow")
                            ? ""
                            : "   -- " + part.verdict() + (part.rule() == null ? "" : " by " + part.rule());
                    return Boolean.TRUE.equals(part.continues()) ? part.shown() : part.shown() + verdict;
                });
            case ANSWER -> statement(event, part -> "-> " + part.outcome());
            case INPUT, HIDDEN_INPUT, END_OF_INPUT, RESIZE, SIGNAL, REQUEST, FILE, EXIT, PASSED, END, RECOVERED -> true;
        };
    }

    /// A statement, or how it went: a line of ours, since what the user's client showed is not recorded.
    private boolean statement(Event event, Function<StatementPart, String> line) throws InterruptedException {
        var part = StatementPart.of(event);
        if (part.isEmpty()) {
            return true;
        }
        wait(event);
        var text = Escaped.lines(line.apply(part.get()).strip()) + "\n";
        return write(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private void wait(Event event) throws InterruptedException {
        var due = pace.until(event);
        if (due.isPositive()) {
            out.flush();
            Thread.sleep(due);
        }
    }

    private boolean write(PrintStream stream, byte[] bytes) {
        stream.write(bytes, 0, bytes.length);
        // What went to one stream is there before what goes to the other.
        return !stream.checkError();
    }

    @Override
    public void close() {
        out.flush();
        err.flush();
        if (outFilter.moved() || errFilter.moved()) {
            (filterOut ? out : err).print(IN_ORDER);
            (filterOut ? out : err).flush();
        }
    }

    /// When events are shown.
    interface Pace {

        /// At once.
        Pace AT_ONCE = event -> Duration.ZERO;

        /// How long to wait before this event.
        Duration until(Event event);

        /// As recorded, `speed` times as fast, and no pause longer than `longest`.
        static Pace recorded(double speed, Duration longest) {
            return new Pace() {
                private long last = -1;
                private long dueNanos = System.nanoTime();

                @Override
                public Duration until(Event event) {
                    long gap = last < 0 ? 0 : Math.max(0, event.time() - last) * 1_000;
                    last = event.time();
                    dueNanos += Math.min((long) (gap / speed), longest.toNanos());
                    return Duration.ofNanos(Math.max(0, dueNanos - System.nanoTime()));
                }
            };
        }
    }
}
