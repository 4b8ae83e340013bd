package dev.sallyport.agent.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// A program that runs, until it is reaped. Leads a kernel session and a process group.
final class Child {

    private static final Duration LOOK = Duration.ofSeconds(10);

    /// The signals that a user may send, numbered as on x86-64 and arm64.
    private static final Map<String, Integer> SIGNALS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("ABRT", 6),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("SEGV", 11),
            Map.entry("USR2", 12),
            Map.entry("PIPE", 13),
            Map.entry("ALRM", 14),
            Map.entry("TERM", 15),
            Map.entry("CONT", 18),
            Map.entry("STOP", 19),
            Map.entry("TSTP", 20),
            Map.entry("FPE", 8),
            Map.entry("ILL", 4));

    private final int pid;
    private final ReentrantLock lock = new ReentrantLock();
    private final CompletableFuture<Posix.Status> ended = new CompletableFuture<>();

    private Child(int pid) {
        this.pid = pid;
    }

    /// Watches over the child `pid`.
    static Child of(int pid) throws IOException {
        var child = new Child(pid);
        var descriptor = Descriptor.reading(Posix.processDescriptor(pid));
        Thread.ofVirtual().name("child-" + pid).start(() -> child.watch(descriptor));
        return child;
    }

    private void watch(Descriptor descriptor) {
        try (descriptor) {
            while (!ended.isDone()) {
                descriptor.awaitReadable(LOOK);
                lock.lock();
                try {
                    Posix.reap(pid).ifPresent(ended::complete);
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException | RuntimeException e) {
            ended.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended.completeExceptionally(e);
        }
    }

    int pid() {
        return pid;
    }

    /// Blocks until it has ended.
    Posix.Status await() throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a program's end was missed", e.getCause());
        }
    }

    /// Whether it ends within that time.
    boolean endsWithin(Duration time) throws InterruptedException {
        try {
            ended.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    boolean alive() {
        return !ended.isDone();
    }

    /// Sends a signal to a process group of its kernel session, while it lives.
    ///
    /// @param group the group; 0 for its own
    void signal(String name, int group) {
        var number = SIGNALS.get(name);
        if (number == null) {
            return;
        }
        lock.lock();
        try {
            if (!ended.isDone()) {
                Posix.kill(-(group == 0 ? pid : group), number);
            }
        } finally {
            lock.unlock();
        }
    }

    /// A signal's name without SIG.
    static String name(int signal) {
        for (var entry : SIGNALS.entrySet()) {
            if (entry.getValue() == signal) {
                return entry.getKey();
            }
        }
        return switch (signal) {
            case 5 -> "TRAP";
            case 7 -> "BUS";
            case 24 -> "XCPU";
            case 25 -> "XFSZ";
            case 31 -> "SYS";
            default -> Integer.toString(signal);
        };
    }
}
