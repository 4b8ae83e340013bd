package dev.sallyport.tests.bed;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of instances whose parts are killed and start again. Nobody may take one in between, so they lie below those
/// that the kernel gives to whoever asks it for a port (32768 and up), and each is given once.
final class Ports {

    private static final int LOWEST = 13_000;
    private static final int PAST_HIGHEST = 32_000;

    /// The ports next to one are those of further edges.
    private static final int APART = 4;

    /// Other JVMs with tests begin elsewhere.
    private static final AtomicInteger NEXT =
            new AtomicInteger(LOWEST + (int) (ProcessHandle.current().pid() * 997 % ((PAST_HIGHEST - LOWEST) / 2)));

    private Ports() {}

    static int next() throws IOException {
        while (true) {
            int port = NEXT.getAndAdd(APART);
            if (port >= PAST_HIGHEST) {
                throw new IOException("no ports are left for instances");
            }
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (BindException taken) {
                // the next one, then
            }
        }
    }
}
