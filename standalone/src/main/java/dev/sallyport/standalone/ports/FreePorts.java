package dev.sallyport.standalone.ports;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Ports that nothing uses, for who wants any.
public final class FreePorts {

    private FreePorts() {}

    /// A port of loopback that is free now.
    public static int next() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
