package dev.sallyport.tests.bed;

import static org.awaitility.Awaitility.await;

import dev.sallyport.standalone.ports.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;

/// `ssh -N -L` to one connection, as a user would have it in a second terminal.
public final class Tunnel implements AutoCloseable {

    private final Process ssh;
    private final int port;

    private Tunnel(Process ssh, int port) {
        this.ssh = ssh;
        this.port = port;
    }

    /// Opens it, and returns when its port is listened on; no session begins before somebody connects.
    public static Tunnel open(Instance instance, String user, String connection) throws IOException {
        int port = FreePorts.next();
        var ssh = new ProcessBuilder(List.of(
                        "ssh",
                        "-F",
                        instance.folder().resolve("ssh_config").toString(),
                        "-N",
                        "-o",
                        "ExitOnForwardFailure=yes",
                        "-L",
                        "127.0.0.1:" + port + ":" + connection + ":5432",
                        user))
                .inheritIO()
                .start();
        await().atMost(Duration.ofSeconds(30)).until(() -> !ssh.isAlive() || taken(port));
        if (!ssh.isAlive()) {
            throw new IOException("ssh ended with " + ssh.exitValue());
        }
        return new Tunnel(ssh, port);
    }

    private static boolean taken(int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            return false;
        } catch (IOException inUse) {
            return true;
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        ssh.destroy();
        ssh.onExit().join();
    }
}
