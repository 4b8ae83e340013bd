package dev.sallyport.tests.bed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Stands between an edge and its store, and makes the store slow or failing.
///
/// It carries bytes, not requests: what the edge sends arrives later by the delay, and while the store fails
/// each connection that asks for something is answered with an error of DynamoDB's own, or reset.
public final class StoreRelay implements AutoCloseable {

    /// How the store is.
    public enum Store {
        WORKS,
        /// Each request is answered with DynamoDB's internal error.
        ERRS,
        /// Each request finds its connection reset.
        RESETS
    }

    private static final int LARGEST_PIECE = 1 << 16;
    private static final String ERROR = "{\"__type\":\"com.amazonaws.dynamodb.v20120810#InternalServerError\","
            + "\"message\":\"the store fails, as this test wants\"}";
    private static final byte[] ANSWER =
            ("HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/x-amz-json-1.0\r\n"
                            + "Connection: close\r\nContent-Length: " + ERROR.length() + "\r\n\r\n" + ERROR)
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Store store = Store.WORKS;
    private volatile Duration delay = Duration.ZERO;

    /// A piece of what the edge sent; an empty one is the end.
    private record Piece(byte[] bytes, long due) {}

    public StoreRelay(URI store) throws IOException {
        this.target = store.getPort();
        this.server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("store-relay").start(this::accept);
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /// How much later every request arrives from now on.
    public void slow(Duration later) {
        delay = later;
    }

    public void is(Store how) {
        store = how;
        if (how != Store.WORKS) {
            sockets.forEach(StoreRelay::reset);
        }
    }

    private void accept() {
        try {
            while (true) {
                var edge = server.accept();
                Thread.ofVirtual().start(() -> carry(edge));
            }
        } catch (IOException closed) {
            // by whoever started it
        }
    }

    private void carry(Socket edge) {
        var there = new Socket();
        sockets.add(edge);
        sockets.add(there);
        var late = new LinkedBlockingQueue<Piece>();
        try (edge;
                there) {
            edge.setTcpNoDelay(true);
            there.setTcpNoDelay(true);
            there.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
            Thread.ofVirtual().start(() -> deliver(late, there));
            Thread.ofVirtual().start(() -> answer(there, edge));
            var buffer = new byte[LARGEST_PIECE];
            for (int n = edge.getInputStream().read(buffer);
                    n >= 0;
                    n = edge.getInputStream().read(buffer)) {
                switch (store) {
                    case WORKS -> late.add(new Piece(Arrays.copyOf(buffer, n), System.nanoTime() + delay.toNanos()));
                    case ERRS -> {
                        edge.getOutputStream().write(ANSWER);
                        return;
                    }
                    case RESETS -> {
                        reset(edge);
                        return;
                    }
                }
            }
        } catch (IOException gone) {
            // one of both has left
        } finally {
            late.add(new Piece(new byte[0], System.nanoTime()));
            sockets.remove(edge);
            sockets.remove(there);
        }
    }

    private static void deliver(LinkedBlockingQueue<Piece> late, Socket there) {
        try {
            for (var piece = late.take(); piece.bytes().length > 0; piece = late.take()) {
                TimeUnit.NANOSECONDS.sleep(piece.due() - System.nanoTime());
                there.getOutputStream().write(piece.bytes());
            }
        } catch (IOException gone) {
            // the store has left, or was made to
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(Socket there, Socket edge) {
        try {
            there.getInputStream().transferTo(edge.getOutputStream());
        } catch (IOException gone) {
            // as above
        } finally {
            close(edge);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(StoreRelay::reset);
    }
}
