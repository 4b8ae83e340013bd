package dev.sallyport.cli.output;

import dev.sallyport.cli.run.Surroundings;
import java.io.PrintStream;
import java.time.Duration;

/// Tells a person who waits for more than a second how far it is. Says nothing where nobody looks. Safe for many
/// threads.
public final class Progress implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(200);

    private final PrintStream err;
    private final boolean wanted;
    private long bytes;
    private long nextNanos = System.nanoTime() + PATIENCE.toNanos();
    private final long begunNanos = System.nanoTime();
    private int width = 32;
    private boolean told;

    public Progress(Surroundings surroundings) {
        this.err = surroundings.err();
        this.wanted = surroundings.errIsTerminal();
    }

    private Progress(PrintStream err) {
        this.err = err;
        this.wanted = false;
    }

    /// Says nothing, because something else is shown.
    public static Progress silent(Surroundings surroundings) {
        return new Progress(surroundings.err());
    }

    /// So much more was read.
    public synchronized void read(int more) {
        bytes += more;
        if (wanted && System.nanoTime() >= nextNanos) {
            nextNanos = System.nanoTime() + STEP.toNanos();
            told = true;
            err.print("\r" + bytes / 1_000_000 + "." + bytes / 100_000 % 10 + " MB read");
            err.flush();
        }
    }

    /// It still waits, for this.
    public synchronized void waiting(String what) {
        if (wanted && System.nanoTime() >= nextNanos) {
            nextNanos = System.nanoTime() + PATIENCE.toNanos();
            var line = what + ": "
                    + Duration.ofNanos(System.nanoTime() - begunNanos).toSeconds() + " s";
            width = Math.max(width, line.length());
            told = true;
            err.print("\r" + line + " ".repeat(width - line.length()));
            err.flush();
        }
    }

    /// Something that blocks. When it is closed, the line is away.
    public interface Blocking extends AutoCloseable {

        @Override
        void close();
    }

    /// Says by itself that it still waits for this, until the answer is closed.
    public Blocking blocking(String what) {
        if (!wanted) {
            return () -> {};
        }
        var ticker = Thread.startVirtualThread(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.sleep(STEP);
                    waiting(what);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> {
            ticker.interrupt();
            boolean interrupted = false;
            while (ticker.isAlive()) {
                try {
                    ticker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            close();
        };
    }

    /// Takes the line away.
    @Override
    public synchronized void close() {
        if (told) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
            told = false;
        }
    }
}
