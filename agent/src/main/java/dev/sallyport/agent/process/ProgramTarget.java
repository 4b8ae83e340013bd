package dev.sallyport.agent.process;

import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.link.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A program in a terminal, or with stdin, stdout and stderr apart.
///
/// The session ends with the program that was started. What it left running may still write for
/// [#GRACE], as the last commands of a pipeline do, and is then killed with everything else in the enclosure.
final class ProgramTarget implements Target {

    /// How long output is waited for once the program has ended.
    static final Duration GRACE = Duration.ofMillis(250);

    /// How long a program has after SIGHUP.
    static final Duration HANG_UP = Duration.ofMillis(200);

    private static final Logger LOG = LoggerFactory.getLogger(ProgramTarget.class);

    private final Child child;
    private final Enclosure enclosure;
    private final Descriptor input;
    private final Output output;
    private final Optional<Output> errors;
    private final Optional<Descriptor> terminal;
    private final Runnable cleanUp;
    private final CountDownLatch streams;
    private final ReentrantLock ending = new ReentrantLock();

    private volatile boolean dead;
    private volatile boolean lineStart = true;

    /// When the end of input is typed again if nothing happens, and how long it is left then: ever longer.
    private volatile long endDue;

    private volatile Duration endPause = Duration.ofMillis(250);

    /// Whether the end of input was typed while the program read lines; none: not typed.
    private volatile Optional<Boolean> endTyped = Optional.empty();

    private ProgramTarget(Made made, Runnable cleanUp) throws IOException {
        this.child = made.child();
        this.enclosure = made.enclosure();
        this.input = made.input();
        this.terminal = made.terminal();
        this.cleanUp = cleanUp;
        this.streams = new CountDownLatch(made.errors().isPresent() ? 2 : 1);
        this.output = made.terminal().isPresent() ? new TerminalOutput(made.output()) : new PipeOutput(made.output());
        this.errors = made.errors().map(PipeOutput::new);
    }

    /// What a start made.
    ///
    /// @param terminal the terminal's master, when there is one
    record Made(
            Child child,
            Enclosure enclosure,
            Descriptor input,
            Descriptor output,
            Optional<Descriptor> errors,
            Optional<Descriptor> terminal) {}

    /// Takes over what was made.
    ///
    /// @param cleanUp done once when everything is gone
    static ProgramTarget of(Made made, Runnable cleanUp) throws IOException {
        return new ProgramTarget(made, cleanUp);
    }

    @Override
    public boolean forwards() {
        return false;
    }

    @Override
    public Output output() {
        return output;
    }

    @Override
    public Optional<Output> errors() {
        return errors;
    }

    @Override
    public boolean write(byte[] bytes) throws IOException, InterruptedException {
        boolean written = input.write(bytes, 0, bytes.length);
        lineStart = bytes[bytes.length - 1] == '\n' || bytes[bytes.length - 1] == '\r';
        return written;
    }

    @Override
    public int writeNow(byte[] bytes) {
        int written = input.writeNow(bytes);
        if (written > 0) {
            lineStart = bytes[written - 1] == '\n' || bytes[written - 1] == '\r';
        }
        return written;
    }

    /// Closes stdin. A terminal has no end: the character that means it is typed, and typed anew whenever the
    /// program changes between reading lines and reading characters. What was typed before such a change has
    /// lost its meaning, and a shell should find the end after each command.
    @Override
    public void endInput() throws IOException, InterruptedException {
        if (terminal.isEmpty()) {
            input.close();
            return;
        }
        var settings = settings(terminal.get());
        endDue = System.nanoTime() + endPause.toNanos();
        endTyped = Optional.of(settings.lines());
        typeEnd(settings);
    }

    /// In mid-line the first one only hands over what was typed.
    private void typeEnd(TerminalSettings settings) throws IOException, InterruptedException {
        byte end = settings.endOfFile();
        var typed = settings.lines() && !lineStart ? new byte[] {end, end} : new byte[] {end};
        lineStart = true;
        input.write(typed, 0, typed.length);
    }

    /// @param idle nothing was heard for a while: a change between two looks may have been missed
    private void typeEndAnew(TerminalSettings settings, boolean idle) {
        if (endTyped.isEmpty()) {
            return;
        }
        boolean due = idle && System.nanoTime() - endDue > 0;
        if (due || !endTyped.get().equals(settings.lines())) {
            if (due) {
                endPause = endPause.multipliedBy(2);
                endDue = System.nanoTime() + endPause.toNanos();
            }
            endTyped = Optional.of(settings.lines());
            // not on the thread that reads output: the terminal may be full
            Thread.ofVirtual().start(() -> {
                try {
                    typeEnd(settings);
                } catch (IOException e) {
                    LOG.debug("the terminal takes no more input", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    @Override
    public void resize(Message.Resize size) {
        terminal.ifPresent(master -> {
            try {
                master.<Boolean>with(fd -> {
                    Posix.windowSize(fd, size.columns(), size.rows(), size.widthPixels(), size.heightPixels());
                    return true;
                });
            } catch (IOException e) {
                // it has ended: there is nothing to resize
            }
        });
    }

    @Override
    public void signal(String name) {
        int group = 0;
        if (terminal.isPresent()) {
            try {
                group = terminal.get().with(Posix::foreground);
            } catch (IOException e) {
                group = 0;
            }
        }
        child.signal(name, group);
    }

    @Override
    public Message.Exit exit() throws InterruptedException {
        var status = child.await();
        if (!streams.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("what the program of {} left running is ended", child.pid());
        }
        end();
        return status.signal() == 0
                ? new Message.Exit(Optional.of(status.exit()), Optional.empty(), false)
                : new Message.Exit(Optional.empty(), Optional.of(Child.name(status.signal())), status.coreDumped());
    }

    @Override
    public void kill() {
        child.signal("HUP", 0);
        child.signal("CONT", 0);
        try {
            child.endsWithin(HANG_UP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
    }

    /// Kills what is left, once.
    private void end() {
        ending.lock();
        try {
            if (!dead) {
                enclosure.kill();
                child.signal("KILL", 0);
                dead = true;
                enclosure.close();
                cleanUp.run();
            }
        } finally {
            ending.unlock();
        }
    }

    @Override
    public void close() {
        end();
        input.close();
        close(output);
        errors.ifPresent(ProgramTarget::close);
        terminal.ifPresent(Descriptor::close);
    }

    private static void close(Output output) {
        switch (output) {
            case PipeOutput pipe -> pipe.from.close();
            case TerminalOutput pipe -> pipe.from.close();
            default -> throw new IllegalStateException("an output of somebody else");
        }
    }

    private static TerminalSettings settings(Descriptor master) throws IOException {
        return new TerminalSettings(master.with(Posix::terminalSettings));
    }

    /// Once everything is dead nothing more is written: what is not there shortly after will not come, even if
    /// somebody outside still holds the other end.
    private static final Duration LAST = Duration.ofMillis(50);

    private final class PipeOutput implements Output {

        private static final Duration LOOK = Duration.ofSeconds(1);

        private final Descriptor from;

        /// More may be there already. Nothing else is worth a buffer before it is known.
        private boolean flows;

        PipeOutput(Descriptor from) {
            this.from = from;
        }

        @Override
        public Piece next() throws IOException, InterruptedException {
            while (true) {
                boolean last = dead;
                if (flows || from.awaitReadable(last ? LAST : LOOK)) {
                    var buffer = new byte[LONGEST];
                    int count = from.read(buffer, Duration.ZERO);
                    flows = count == buffer.length;
                    if (count > 0) {
                        return new Piece.Bytes(count == buffer.length ? buffer : Arrays.copyOf(buffer, count));
                    }
                    if (count == Descriptor.END) {
                        streams.countDown();
                        return new Piece.End();
                    }
                } else if (last) {
                    streams.countDown();
                    return new Piece.End();
                }
            }
        }
    }

    /// A terminal's output, with what becomes of the echo. It is looked at after each piece of output was read,
    /// so that the change is known before that piece is shown, and a few times when nothing comes: a program
    /// may turn the echo off without a word.
    private final class TerminalOutput implements Output {

        /// The kernel hands over a page at most.
        private static final int PAGE = 4_096;

        private static final int MOST_AT_ONCE = 32_768;

        private static final Duration FIRST_LOOK = Duration.ofMillis(5);
        private static final Duration SLOWEST_LOOK = Duration.ofSeconds(1);

        private final Descriptor from;
        private final byte[] buffer = new byte[PAGE];
        private boolean shown = true;
        private Optional<Piece> pending = Optional.empty();

        TerminalOutput(Descriptor from) {
            this.from = from;
        }

        @Override
        public Piece next() throws IOException, InterruptedException {
            if (pending.isPresent()) {
                var piece = pending.get();
                pending = Optional.empty();
                return piece;
            }
            var look = FIRST_LOOK;
            while (true) {
                boolean last = dead;
                int count = from.read(buffer, last ? LAST : look);
                if (count == Descriptor.END || (count == Descriptor.NOTHING && last)) {
                    streams.countDown();
                    return new Piece.End();
                }
                var settings = settings(from);
                typeEndAnew(settings, count == Descriptor.NOTHING);
                var read = new ByteArrayOutputStream();
                while (count > 0) {
                    read.write(buffer, 0, count);
                    // what has come meanwhile goes along, as long as the echo stays what it is
                    boolean more = settings.shown() == shown && read.size() + PAGE <= MOST_AT_ONCE;
                    count = more ? from.read(buffer, Duration.ZERO) : Descriptor.NOTHING;
                    if (count > 0) {
                        settings = settings(from);
                    }
                }
                boolean shows = settings.shown();
                boolean changed = shows != shown;
                shown = shows;
                if (read.size() > 0) {
                    var bytes = new Piece.Bytes(read.toByteArray());
                    if (!changed) {
                        return bytes;
                    }
                    pending = Optional.of(bytes);
                }
                if (changed) {
                    return new Piece.Echo(shows);
                }
                look = look.multipliedBy(4).compareTo(SLOWEST_LOOK) > 0 ? SLOWEST_LOOK : look.multipliedBy(4);
            }
        }
    }
}
