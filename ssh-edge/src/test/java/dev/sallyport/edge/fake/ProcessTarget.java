package dev.sallyport.edge.fake;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.Stream;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.SessionRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Runs bash on this machine, for shells, commands and sftp; under `script` where a terminal is wanted.
public final class ProcessTarget implements FakeAgents.Target {

    @Override
    public void run(Order order, SessionLink link) throws Exception {
        if (order.request() instanceof SessionRequest.Forward(var host, var port)) {
            new DialTarget(host, port).run(order, link);
            return;
        }
        var builder = new ProcessBuilder(command(order.request()));
        builder.environment().putAll(order.environment());
        var process = builder.start();
        link.send(new Message.Opened());
        var sending = new Object();
        var output = pump(process.getInputStream(), Stream.OUTPUT, link, sending);
        var error = pump(process.getErrorStream(), Stream.ERROR, link, sending);
        var input = Thread.ofVirtual().start(() -> feed(link, process));
        output.join();
        error.join();
        int status = process.waitFor();
        input.interrupt();
        synchronized (sending) {
            link.send(
                    status > 128 && status != 255
                            ? new Message.Exit(Optional.empty(), Optional.of(signal(status - 128)), false)
                            : new Message.Exit(Optional.of(status), Optional.empty(), false));
        }
    }

    private static String signal(int number) {
        return switch (number) {
            case 2 -> "INT";
            case 9 -> "KILL";
            case 15 -> "TERM";
            default -> "HUP";
        };
    }

    private static List<String> command(SessionRequest request) {
        return switch (request) {
            case SessionRequest.Shell(var pty) ->
                pty.isPresent()
                        ? List.of("script", "-qefc", "env PS1='$ ' bash --norc --noprofile -i", "/dev/null")
                        : List.of("bash");
            case SessionRequest.Exec(var command, var pty) -> {
                var text = new String(command, StandardCharsets.UTF_8);
                yield pty.isPresent() ? List.of("script", "-qefc", text, "/dev/null") : List.of("bash", "-c", text);
            }
            case SessionRequest.Subsystem _ -> List.of("/usr/lib/openssh/sftp-server");
            case SessionRequest.Forward _ -> throw new IllegalStateException("not a process");
        };
    }

    private static Thread pump(InputStream from, Stream stream, SessionLink link, Object sending) {
        return Thread.ofVirtual().start(() -> {
            var buffer = new byte[Message.Data.LONGEST];
            long offset = 0;
            try (from) {
                int length;
                while ((length = from.read(buffer)) >= 0) {
                    if (length > 0) {
                        synchronized (sending) {
                            link.send(new Message.Data(stream, offset, Arrays.copyOf(buffer, length)));
                        }
                        offset += length;
                    }
                }
            } catch (IOException | LinkLost ended) {
                // the process or the session is over
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void feed(SessionLink link, Process process) {
        try (OutputStream to = process.getOutputStream()) {
            while (true) {
                var received = link.receive();
                switch (received.message()) {
                    case Message.Data data -> {
                        write(to, data.bytes());
                    }
                    case Message.EndOfStream _ -> close(to);
                    case Message.Signal(var name) -> signal(process, name);
                    case Message.Close _ -> kill(process);
                    default -> {}
                }
                link.consumed(received.number());
            }
        } catch (IOException | LinkLost ended) {
            kill(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A process may end before it has read everything.
    private static void write(OutputStream to, byte[] bytes) {
        try {
            to.write(bytes);
            to.flush();
        } catch (IOException ended) {
            close(to);
        }
    }

    private static void close(OutputStream to) {
        try {
            to.close();
        } catch (IOException ended) {
            // it is closed
        }
    }

    private static void signal(Process process, String name) throws IOException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
