package dev.sallyport.agent.ssh;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The machine's own OpenSSH sshd on a free port, with a host key and one authorised key of its own.
public final class TestingSshd implements AutoCloseable {

    public final int port;
    public final Path folder;
    private final Process process;

    private TestingSshd(int port, Path folder, Process process) {
        this.port = port;
        this.folder = folder;
        this.process = process;
    }

    public static TestingSshd start(Path folder) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        keygen(folder.resolve("host_ed25519"), "ed25519");
        keygen(folder.resolve("host_ecdsa"), "ecdsa");
        keygen(folder.resolve("user"), "ed25519");
        Files.copy(folder.resolve("user.pub"), folder.resolve("authorized_keys"));
        Files.createDirectories(Path.of("/run/sshd"));
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Files.write(
                folder.resolve("sshd_config"),
                List.of(
                        "Port " + port,
                        "ListenAddress 127.0.0.1",
                        "HostKey " + folder.resolve("host_ecdsa"),
                        "HostKey " + folder.resolve("host_ed25519"),
                        "AuthorizedKeysFile " + folder.resolve("authorized_keys"),
                        "PidFile none",
                        "StrictModes no",
                        "PermitRootLogin yes",
                        "UsePAM no",
                        "AcceptEnv LANG LC_* FOO",
                        "Subsystem sftp internal-sftp"));
        var process = new ProcessBuilder(
                        "/usr/sbin/sshd",
                        "-D",
                        "-e",
                        "-f",
                        folder.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        var sshd = new TestingSshd(port, folder, process);
        await().until(sshd::answers);
        return sshd;
    }

    private static void keygen(Path file, String type) throws IOException, InterruptedException {
        var process = new ProcessBuilder("ssh-keygen", "-q", "-t", type, "-N", "", "-f", file.toString())
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("ssh-keygen failed");
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /// A host key as it stands in a connection.
    public String hostKey(String type) throws IOException {
        var words = Files.readString(folder.resolve("host_" + type + ".pub")).split(" ", -1);
        return words[0] + " " + words[1];
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
