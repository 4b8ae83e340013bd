package dev.sallyport.tests.bench;

import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A pgbouncer on loopback before a [Postgres], which it speaks TLS to: a proxy that understands the protocol and
/// judges nothing, as a control arm.
final class PgBouncer implements AutoCloseable {

    private final Process process;
    private final int port;

    private PgBouncer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static PgBouncer start(Postgres server) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sallyport-pgbouncer");
        int port = FreePorts.next();
        var users = Files.writeString(
                folder.resolve("users"), "\"%s\" \"%s\"\n".formatted(Postgres.USER, Postgres.PASSWORD));
        var settings = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = session
                default_pool_size = 64
                server_tls_sslmode = require
                ignore_startup_parameters = extra_float_digits
                """.formatted(server.port(), port, users));
        var command = new ArrayList<>(List.of("/usr/sbin/pgbouncer"));
        if (System.getProperty("user.name").equals("root")) {
            // it refuses to run as root
            command.addAll(List.of("-u", "nobody"));
            readable(folder, "rwxr-xr-x");
            readable(users, "rw-r--r--");
            readable(settings, "rw-r--r--");
        }
        command.add(settings.toString());
        var log = folder.resolve("log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var until = Instant.now().plus(Duration.ofSeconds(20));
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return new PgBouncer(process, port);
            } catch (IOException notYet) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || Instant.now().isAfter(until)) {
                    process.destroyForcibly();
                    throw new IOException("pgbouncer did not start: " + Files.readString(log), notYet);
                }
            }
        }
    }

    private static void readable(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
