package dev.sallyport.tests.bed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An OpenSSH sshd of the test's own, which lets one key of its own in as whoever runs the tests: a bastion, or the
/// control arm of a measurement.
public final class Sshd implements AutoCloseable {

    private final Path folder;
    private final int port;
    private final Process process;

    private Sshd(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /// Starts one; `more` are further lines of its configuration.
    public static Sshd start(String... more) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sallyport-sshd");
        for (var key : List.of("host", "client")) {
            Run.of(List.of(
                            "ssh-keygen",
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-f",
                            folder.resolve(key).toString()))
                    .now();
        }
        if (System.getProperty("user.name").equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var config = folder.resolve("sshd_config");
        Files.writeString(config, """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s/host
                AuthorizedKeysFile %s/client.pub
                PidFile none
                UsePAM no
                StrictModes no
                PermitRootLogin yes
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                MaxStartups 500
                LogLevel ERROR
                Subsystem sftp internal-sftp
                """.formatted(port, folder, folder) + String.join("\n", more) + "\n");
        var log = folder.resolve("log");
        var process = new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var until = Instant.now().plus(Duration.ofSeconds(20));
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return new Sshd(folder, port, process);
            } catch (IOException notYet) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || Instant.now().isAfter(until)) {
                    process.destroyForcibly();
                    throw new IOException("sshd did not start: " + Files.readString(log), notYet);
                }
            }
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public Path folder() {
        return folder;
    }

    /// `ssh` options and host that reach it.
    public List<String> options() {
        return List.of(
                "-F",
                "none",
                "-i",
                folder.resolve("client").toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "StrictHostKeyChecking=accept-new",
                "-o",
                "UserKnownHostsFile=" + folder.resolve("known_hosts"),
                "-p",
                Integer.toString(port),
                System.getProperty("user.name") + "@127.0.0.1");
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
