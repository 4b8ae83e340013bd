package dev.sallyport.standalone.ports;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports that nothing listens on, for who wants any.
///
/// They are kept while their instance starts again, and nobody may take them then. So they lie below those that a
/// kernel gives to outgoing connections and to whoever asks it for a port (32768 and up on Linux, 49152 and up on
/// macOS), and each process begins to look elsewhere.
public final class FreePorts {

    static final int LOWEST = 13_000;
    static final int PAST_HIGHEST = 32_768;

    /// More than a process needs.
    private static final int OF_A_PROCESS = 16;

    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * OF_A_PROCESS % (PAST_HIGHEST - LOWEST)));

    private FreePorts() {}

    /// A port of loopback that is free now, another one each time.
    ///
    /// @throws IOException when none is
    public static int next() throws IOException {
        for (int tried = LOWEST; tried < PAST_HIGHEST; tried++) {
            int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), PAST_HIGHEST - LOWEST);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (BindException taken) {
                // the next one, then
            }
        }
        throw new IOException("no port from " + LOWEST + " to " + (PAST_HIGHEST - 1) + " is free");
    }
}
