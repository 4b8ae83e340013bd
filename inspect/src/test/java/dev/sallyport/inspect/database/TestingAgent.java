package dev.sallyport.inspect.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A port that leads to a server through [Wire]s, one for each connection: a small agent without an edge, for tests.
public class TestingAgent implements AutoCloseable {

    private final ServerSocket door;
    private final int server;
    private final Settings settings;
    private final Map<CancelKey, Session> running = new ConcurrentHashMap<>();

    public final List<Asked> asked = new CopyOnWriteArrayList<>();
    public final List<Answered> answered = new CopyOnWriteArrayList<>();
    public final List<ClientStart> starts = new CopyOnWriteArrayList<>();
    public final List<String> ends = new CopyOnWriteArrayList<>();
    public final List<Throwable> problems = new CopyOnWriteArrayList<>();

    /// @param wire of each connection
    /// @param login to the server
    /// @param database of a client that names none
    /// @param piece most bytes that are taken at once
    public record Settings(Supplier<Wire> wire, Judge judge, Login login, String database, int piece) {}

    /// How a session logs in to the server.
    public interface Login {
        ServerLogin to(Optional<String> database);
    }

    public TestingAgent(int server, Settings settings) throws IOException {
        this.server = server;
        this.settings = settings;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var _ = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    var socket = door.accept();
                    socket.setTcpNoDelay(true);
                    var wire = settings.wire().get();
                    var _ = Thread.ofVirtual().start(() -> new Session(wire, Optional.of(socket)).serve());
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    public int port() {
        return door.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    private final class Session implements Wire.Sink {

        private final Wire wire;
        private final Optional<Socket> client;
        private final ReentrantLock turn = new ReentrantLock();
        private final Condition settled = turn.newCondition();
        private Optional<Socket> socket = Optional.empty();
        private boolean over;
        private boolean secure;
        private Optional<Asked> asking = Optional.empty();
        private Optional<ClientStart> starting = Optional.empty();

        Session(Wire wire, Optional<Socket> client) {
            this.wire = wire;
            this.client = client;
        }

        void serve() {
            step(() -> wire.begin(this));
            var buffer = new byte[settings.piece()];
            try {
                var in = client.orElseThrow().getInputStream();
                while (true) {
                    int count = in.read(buffer);
                    if (count < 0) {
                        step(() -> wire.clientEnded(this));
                        return;
                    }
                    turn.lock();
                    try {
                        while (wire.awaits() && !over) {
                            settled.await();
                        }
                    } finally {
                        turn.unlock();
                    }
                    step(() -> wire.client(buffer, 0, count, this));
                }
            } catch (IOException | InterruptedException e) {
                step(() -> wire.clientEnded(this));
            }
        }

        private void step(Runnable what) {
            turn.lock();
            try {
                if (over) {
                    return;
                }
                what.run();
                while (!over) {
                    if (starting.isPresent()) {
                        var wanted = starting.get().database();
                        starting = Optional.empty();
                        connect(wanted.orElse(settings.database()));
                    } else if (asking.isPresent()) {
                        var one = asking.get();
                        asking = Optional.empty();
                        wire.judged(settings.judge().judge(one), this);
                    } else {
                        break;
                    }
                }
            } catch (RuntimeException | IOException e) {
                problems.add(e);
                over = true;
            } finally {
                settled.signalAll();
                turn.unlock();
            }
            if (over) {
                close();
            }
        }

        void connect(String database) throws IOException {
            var opened = new Socket(InetAddress.getLoopbackAddress(), server);
            opened.setTcpNoDelay(true);
            socket = Optional.of(opened);
            wire.connected(settings.login().to(Optional.of(database)), this);
            var _ = Thread.ofVirtual().start(this::read);
        }

        private void read() {
            var buffer = new byte[settings.piece()];
            try {
                while (true) {
                    int count = socket.orElseThrow().getInputStream().read(buffer);
                    if (count < 0) {
                        step(() -> wire.serverEnded(this));
                        return;
                    }
                    step(() -> wire.server(buffer, 0, count, this));
                    if (secure) {
                        secure = false;
                        secureSocket();
                    }
                }
            } catch (IOException e) {
                step(() -> wire.serverEnded(this));
            }
        }

        private void secureSocket() throws IOException {
            var plain = socket.orElseThrow();
            var tls = trusting().getSocketFactory().createSocket(plain, "127.0.0.1", server, true);
            ((javax.net.ssl.SSLSocket) tls).startHandshake();
            socket = Optional.of(tls);
            step(() -> wire.secured(Optional.empty(), this));
        }

        private void close() {
            for (var one : List.of(client, socket)) {
                one.ifPresent(open -> {
                    try {
                        open.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }

        private void write(Optional<Socket> to, byte[] bytes, int from, int until) {
            try {
                to.orElseThrow().getOutputStream().write(bytes, from, until - from);
            } catch (IOException e) {
                // its reader notices
            }
        }

        @Override
        public void toClient(byte[] bytes, int from, int to) {
            write(client, bytes, from, to);
        }

        @Override
        public void toServer(byte[] bytes, int from, int to) {
            write(socket, bytes, from, to);
        }

        @Override
        public void start(ClientStart start) {
            starts.add(start);
            starting = Optional.of(start);
        }

        @Override
        public void secure() {
            secure = true;
        }

        @Override
        public void loggedIn() {
            running.put(wire.cancelKey().orElseThrow(), this);
        }

        @Override
        public void ask(Asked statement) {
            asked.add(statement);
            asking = Optional.of(statement);
        }

        @Override
        public void answered(Answered answer) {
            answered.add(answer);
        }

        @Override
        public void cancel(CancelKey key) {
            var other = Optional.ofNullable(running.get(key));
            other.ifPresent(session -> session.stopStatement());
        }

        private void stopStatement() {
            try {
                var request = wire.cancelRequest();
                if (request.isPresent()) {
                    // the server says nothing, and hangs up
                    try (var asking = new Socket(InetAddress.getLoopbackAddress(), server)) {
                        asking.getOutputStream().write(request.get());
                        var _ = asking.getInputStream().read();
                    }
                }
                var stopping = wire.stopping();
                if (stopping.isPresent()) {
                    new Session(stopping.get(), Optional.empty()).connect(settings.database());
                }
            } catch (IOException e) {
                problems.add(e);
            }
        }

        @Override
        public void end(String why) {
            ends.add(why);
            over = true;
            wire.cancelKey().ifPresent(running::remove);
        }
    }

    /// Trusts any server: what is verified is not the wire's business.
    public static SSLContext trusting() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new javax.net.ssl.KeyManager[0], new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /// Nothing went wrong that a client was not told.
    public void check() {
        assertThat(problems).isEmpty();
        assertThat(ends).allMatch(why -> why.equals("the client left"));
    }

    /// What was asked, as texts.
    public List<String> texts() {
        var texts = new ArrayList<String>();
        asked.forEach(one -> texts.add(one.text().orElse("?")));
        return texts;
    }
}
