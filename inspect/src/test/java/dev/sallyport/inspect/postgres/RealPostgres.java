package dev.sallyport.inspect.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A real PostgreSQL on loopback: the embedded one, or one that is installed. Anybody is let in.
final class RealPostgres implements AutoCloseable {

    static final String USER = "postgres";
    static final String PASSWORD = "pencil";
    static final String DATABASE = "postgres";

    /// Where Debian puts the servers that are installed, by version.
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

    private final int port;
    private final Stop stop;

    private interface Stop {
        void now() throws IOException;
    }

    private RealPostgres(int port, Stop stop) {
        this.port = port;
        this.stop = stop;
    }

    static RealPostgres embedded() throws IOException {
        var server =
                EmbeddedPostgres.builder().setLocaleConfig("locale", "C.UTF-8").start();
        return new RealPostgres(server.getPort(), server::close);
    }

    /// The programs of the newest server that is installed.
    static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (var versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparing(Path::toString));
        }
    }

    static RealPostgres installed(Path programs) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sallyport-postgres-");
        var data = folder.resolve("data");
        var log = folder.resolve("log");
        var made = start(log, programs.resolve("initdb"), "-N", "-A", "trust", "-U", USER, "-E", "UTF8")
                .apply("--locale=C.UTF-8", "-D", data.toString());
        if (made.waitFor() != 0) {
            throw new IOException("initdb failed: " + Files.readString(log));
        }
        int port = freePort();
        var server = start(log, programs.resolve("postgres"), "-D", data.toString(), "-k", folder.toString())
                .apply("-p", Integer.toString(port), "-c", "fsync=off");
        var one = new RealPostgres(port, () -> stop(server, folder));
        var until = Instant.now().plus(STARTS_WITHIN);
        while (!Files.readString(log).contains("ready to accept connections")) {
            if (server.waitFor(20, TimeUnit.MILLISECONDS) || Instant.now().isAfter(until)) {
                one.close();
                throw new IOException("PostgreSQL did not start: " + Files.readString(log));
            }
        }
        return one;
    }

    private interface More {
        Process apply(String... more) throws IOException;
    }

    /// It refuses to run as root: there it believes to be nobody.
    private static More start(Path log, Path program, String... arguments) {
        return more -> {
            var command = new ArrayList<String>();
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("unshare", "-U"));
            }
            command.add(program.toString());
            command.addAll(List.of(arguments));
            command.addAll(List.of(more));
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        };
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void stop(Process server, Path folder) throws IOException {
        server.destroy();
        server.onExit().join();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        stop.now();
    }
}
