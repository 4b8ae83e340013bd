package dev.sallyport.tests.bed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A TCP relay on loopback that can cut what it carries, and refuse what is new.
public final class CuttingRelay implements AutoCloseable {

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;
    private final AtomicInteger dialled = new AtomicInteger();

    public CuttingRelay(int target) throws IOException {
        this(target, InetAddress.getLoopbackAddress());
    }

    public CuttingRelay(int target, InetAddress address) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 100, address);
        Thread.ofVirtual().name("relay").start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /// How many connections came so far.
    public int dialled() {
        return dialled.get();
    }

    /// Where new connections go.
    public void target(int port) {
        target = port;
    }

    /// Everything takes so long from now on, each way, on new connections.
    public void delay(Duration each) {
        delay = each;
    }

    public void cut() {
        sockets.forEach(CuttingRelay::close);
    }

    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    private void accept() {
        try {
            while (true) {
                var client = server.accept();
                dialled.incrementAndGet();
                if (refusing) {
                    close(client);
                    continue;
                }
                var edge = new Socket();
                sockets.add(client);
                sockets.add(edge);
                try {
                    edge.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1_000);
                    client.setTcpNoDelay(true);
                    edge.setTcpNoDelay(true);
                    Thread.ofVirtual().start(() -> pump(client, edge));
                    Thread.ofVirtual().start(() -> pump(edge, client));
                } catch (IOException e) {
                    close(client);
                    close(edge);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pump(Socket from, Socket to) {
        try {
            if (delay.isZero()) {
                from.getInputStream().transferTo(to.getOutputStream());
            } else {
                new DelayedCopy(delay).run(from.getInputStream(), to.getOutputStream());
            }
        } catch (IOException e) {
            // cut
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
