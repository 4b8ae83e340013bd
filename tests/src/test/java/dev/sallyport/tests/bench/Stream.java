package dev.sallyport.tests.bench;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A TCP service that sends as many bytes as it is asked for, or counts those that it gets.
final class Stream implements AutoCloseable {

    private static final int SEND = 'd';
    private static final int COUNT = 'u';
    private static final byte[] BLOCK = new byte[1 << 16];

    private final ServerSocket server;

    Stream() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("stream").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            var out = new DataOutputStream(socket.getOutputStream());
            if (in.read() == SEND) {
                send(socket, in.readLong());
            } else {
                out.writeLong(count(in));
            }
        } catch (IOException gone) {
            // whoever measures finds out
        }
    }

    private static void send(Socket to, long bytes) throws IOException {
        var out = to.getOutputStream();
        for (long left = bytes; left > 0; left -= BLOCK.length) {
            out.write(BLOCK, 0, (int) Math.min(left, BLOCK.length));
        }
    }

    private static long count(DataInputStream in) throws IOException {
        var buffer = new byte[1 << 17];
        long count = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            count += n;
        }
        return count;
    }

    /// MB/s from the service to who connects to `port`.
    static double down(int port, long bytes) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.write(SEND);
            out.writeLong(bytes);
            var in = new DataInputStream(socket.getInputStream());
            in.readByte();
            long start = System.nanoTime();
            long got = 1 + count(in);
            if (got != bytes) {
                throw new IOException(got + " bytes came instead of " + bytes);
            }
            return bytes / 1e6 / ((System.nanoTime() - start) / 1e9);
        }
    }

    /// MB/s from who connects to `port` to the service, until it has counted everything.
    static double up(int port, long bytes) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(COUNT);
            long start = System.nanoTime();
            send(socket, bytes);
            socket.shutdownOutput();
            long counted = new DataInputStream(socket.getInputStream()).readLong();
            if (counted != bytes) {
                throw new IOException("the service counted " + counted + " bytes instead of " + bytes);
            }
            return bytes / 1e6 / ((System.nanoTime() - start) / 1e9);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
