package dev.sallyport.standalone.demo;

import dev.sallyport.standalone.ports.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// An OpenSSH sshd on loopback, to be reached through a connection of type `ssh`. Ends with the instance.
final class DemoHost implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(10);

    private final Process sshd;
    private final int port;

    private DemoHost(Process sshd, int port) {
        this.sshd = sshd;
        this.port = port;
    }

    /// The sshd of this machine, if it has one.
    static Optional<Path> program() {
        return Stream.of("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Starts it on `port` (0: a free one), letting `clientKey` in.
    static DemoHost start(Path sshd, Path folder, Path hostKey, Path clientKey, int port)
            throws IOException, InterruptedException {
        int chosen = port == 0 ? FreePorts.next() : port;
        if (System.getProperty("user.name").equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        var authorized = folder.resolve("demo-host.authorized");
        Files.copy(Path.of(clientKey + ".pub"), authorized, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        var config = folder.resolve("demo-host.sshd_config");
        Files.writeString(config, """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                %s
                PidFile none
                UsePAM no
                StrictModes no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                AcceptEnv LANG LC_*
                Subsystem sftp internal-sftp
                MaxStartups 200
                LogLevel ERROR
                """.formatted(chosen, hostKey, authorizedKeys(authorized)));
        var log = folder.resolve("demo-host.log").toFile();
        var process = new ProcessBuilder(List.of(sshd.toString(), "-D", "-e", "-f", config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        var host = new DemoHost(process, chosen);
        host.awaitReady(log.toPath());
        return host;
    }

    int port() {
        return port;
    }

    /// As root, sshd reads a user's keys with that user's rights, which do not reach into our folder: it asks `cat`.
    private static String authorizedKeys(Path file) {
        return System.getProperty("user.name").equals("root")
                ? "AuthorizedKeysFile none\nAuthorizedKeysCommand /bin/cat " + file + "\nAuthorizedKeysCommandUser root"
                : "AuthorizedKeysFile " + file;
    }

    private void awaitReady(Path log) throws IOException, InterruptedException {
        var until = Instant.now().plus(START);
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                if (!sshd.isAlive() || Instant.now().isAfter(until)) {
                    close();
                    throw new IOException(
                            "sshd did not start: " + Files.readString(log).strip(), notYet);
                }
                sshd.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Override
    public void close() {
        sshd.descendants().forEach(ProcessHandle::destroy);
        sshd.destroy();
    }
}
