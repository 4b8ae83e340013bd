package dev.sallyport.tests.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One way to reach a shell: through Sallyport, or an sshd of the same machine.
///
/// @param options `ssh` options and host, before the command
/// @param prefix words before the command (the connection's name)
record Arm(String name, List<String> options, List<String> prefix) {

    private static final byte[] BLOCK = new byte[1 << 16];

    private ProcessBuilder ssh(List<String> more, String... command) {
        var words = new ArrayList<>(List.of("ssh"));
        words.addAll(more);
        words.addAll(options);
        words.addAll(prefix);
        words.addAll(List.of(command));
        var builder = new ProcessBuilder(words);
        builder.environment().remove("SSH_AUTH_SOCK");
        return builder;
    }

    /// Milliseconds for a new connection that runs `true`.
    double connect() throws IOException, InterruptedException {
        long start = System.nanoTime();
        var process = ssh(List.of(), "true")
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        expect(process, said);
        return (System.nanoTime() - start) / 1e6;
    }

    /// MB/s from the target to the client.
    double down(long bytes) throws IOException, InterruptedException {
        var process = ssh(List.of(), "head -c " + bytes + " /dev/zero")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var in = process.getInputStream();
        if (in.read() < 0) {
            throw new IOException(name + ": nothing came");
        }
        long start = System.nanoTime();
        long got = 1;
        var buffer = new byte[1 << 17];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            got += n;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        expect(process, "");
        if (got != bytes) {
            throw new IOException(name + ": " + got + " bytes came instead of " + bytes);
        }
        return bytes / 1e6 / seconds;
    }

    /// MB/s from the client to the target, which counts what came.
    double up(long bytes) throws IOException, InterruptedException {
        var process = ssh(List.of(), "head -c 1 >/dev/null; echo go; wc -c")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var in = process.getInputStream()) {
            long start;
            try (var out = process.getOutputStream()) {
                out.write(1);
                out.flush();
                readLine(in);
                start = System.nanoTime();
                for (long sent = 0; sent < bytes; sent += BLOCK.length) {
                    out.write(BLOCK, 0, (int) Math.min(BLOCK.length, bytes - sent));
                }
            }
            var counted = readLine(in).strip();
            double seconds = (System.nanoTime() - start) / 1e9;
            expect(process, "");
            if (!counted.equals(Long.toString(bytes))) {
                throw new IOException(name + ": the target counted " + counted);
            }
            return bytes / 1e6 / seconds;
        }
    }

    /// A client that stays connected and shares its connection, and forwards a port.
    final class Client implements AutoCloseable {

        private final Process process;
        private final Path socket;
        private final int port;

        /// @param destination what the client's port leads to, as in `-L`
        Client(String destination) throws IOException, InterruptedException {
            socket = Files.createTempDirectory("sallyport-bench").resolve("mux");
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            var words = new ArrayList<>(List.of("ssh", "-M", "-S", socket.toString(), "-N"));
            words.addAll(List.of("-L", "127.0.0.1:" + port + ":" + destination));
            words.addAll(options);
            process = new ProcessBuilder(words).inheritIO().start();
            for (int i = 0; !Files.exists(socket); i++) {
                if (process.waitFor(10, TimeUnit.MILLISECONDS) || i > 3_000) {
                    throw new IOException(name + ": the client did not connect");
                }
            }
        }

        /// Where the forwarded connection begins.
        int port() {
            return port;
        }

        /// Milliseconds for `true` over the connection that is there.
        double run() throws IOException, InterruptedException {
            long start = System.nanoTime();
            var process = ssh(List.of("-S", socket.toString()), "true")
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            expect(process, "");
            return (System.nanoTime() - start) / 1e6;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /// An open shell with a terminal, whose line discipline echoes each key.
    final class Shell implements AutoCloseable {

        private final Process process;

        Shell() throws IOException {
            process = ssh(List.of("-tt"), "echo ready; exec cat >/dev/null")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            while (!readLine(process.getInputStream()).contains("ready")) {
                // A banner of the target may come first.
            }
        }

        /// Milliseconds from a key to its echo.
        double key() throws IOException {
            long start = System.nanoTime();
            process.getOutputStream().write('k');
            process.getOutputStream().flush();
            if (process.getInputStream().read() != 'k') {
                throw new IOException(name + ": the echo is another key");
            }
            return (System.nanoTime() - start) / 1e6;
        }

        /// A line's end, so that the terminal's line buffer never fills.
        void newLine() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            readLine(process.getInputStream());
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private void expect(Process process, String said) throws IOException, InterruptedException {
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(name + ": ssh ended with " + status + " " + said);
        }
    }

    private static String readLine(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the stream ended after: " + line);
            }
            line.append((char) b);
        }
        return line.toString();
    }
}
