package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.Logins;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;

/// Many SSH clients in one process: a JVM of its own, so that what they cost is not counted as the edge's.
///
/// Reads one command a line, and answers each with one line:
///
/// | command | does | answers |
/// |---|---|---|
/// | `open COUNT CONNECTION` | opens so many connections, each with one channel to a `tcp` connection | how
/// many are open, milliseconds |
/// | `alive` | | how many are open |
/// | `ended` | | of each whose channel has ended: when its last byte came and when it ended, `nanoTime`s |
/// | `rate SECONDS AT_ONCE COMMAND` | runs a command again and again, each on a connection of its own | how
/// many, failures |
/// | `channels SECONDS AT_ONCE COMMAND` | the same, each as a channel of one connection | how many, failures |
/// | `logins COUNT COMMAND` | so many at once run a command, each on a connection of its own | how many ended
/// with status 0 |
/// | `close` | closes all | how many were open |
public final class Load {

    /// Fewer than one address may have unauthenticated at a time.
    private static final int HANDSHAKES = 12;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final SshClient client;
    private final KeyPair identity;
    private final int port;
    private final ConcurrentLinkedQueue<Held> held = new ConcurrentLinkedQueue<>();

    /// One connection with its one channel.
    private static final class Held {
        private final ClientSession session;
        private final ClientChannel channel;
        private final AtomicLong lastByte = new AtomicLong();
        private final AtomicLong ended = new AtomicLong();

        private Held(ClientSession session, ClientChannel channel) {
            this.session = session;
            this.channel = channel;
        }
    }

    private Load(Path folder, int port) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.port = port;
        this.identity = Logins.identity(folder);
        client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((session, address, key) -> true);
        // what costs a client least: the edge's part of it is nearly the same
        client.setKeyExchangeFactories(List.of(org.apache.sshd.common.NamedFactory.setUpTransformedFactories(
                        true, List.of(BuiltinDHFactories.curve25519), org.apache.sshd.client.ClientBuilder.DH2KEX))
                .getFirst());
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        client.start();
    }

    /// `FOLDER PORT`: the instance's folder and its SSH port.
    public static void main(String[] arguments) throws Exception {
        var load = new Load(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var words = line.split(" ", 4);
            System.out.println(
                    switch (words[0]) {
                        case "open" -> load.open(Integer.parseInt(words[1]), words[2]);
                        case "alive" -> Long.toString(load.alive());
                        case "ended" -> load.ended();
                        case "rate" ->
                            load.rate(
                                    Duration.ofSeconds(Long.parseLong(words[1])), Integer.parseInt(words[2]), words[3]);
                        case "channels" ->
                            load.channels(
                                    Duration.ofSeconds(Long.parseLong(words[1])), Integer.parseInt(words[2]), words[3]);
                        case "logins" ->
                            load.logins(
                                    Integer.parseInt(words[1]),
                                    line.substring(line.indexOf(words[1]) + words[1].length() + 1));
                        case "close" -> load.close();
                        default -> "unknown command " + line;
                    });
        }
        System.exit(0);
    }

    private String logins(int count, String command) throws Exception {
        try (var logins = new Logins(folder, port)) {
            logins.begin(count, command);
            return Long.toString(logins.ended().stream()
                    .filter(one -> one.status().equals(Optional.of(0)))
                    .count());
        }
    }

    private ClientSession connect() throws IOException {
        var session =
                client.connect("alice", "127.0.0.1", port).verify(PATIENCE).getSession();
        session.addPublicKeyIdentity(identity);
        session.auth().verify(PATIENCE);
        return session;
    }

    private String open(int count, String connection) throws InterruptedException {
        long begin = System.nanoTime();
        var failures = new ConcurrentLinkedQueue<String>();
        var atOnce = new Semaphore(HANDSHAKES);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                atOnce.acquire();
                var _ = threads.submit(() -> {
                    try {
                        hold(connection);
                    } catch (IOException | RuntimeException e) {
                        failures.add(String.valueOf(e));
                    } finally {
                        atOnce.release();
                    }
                });
            }
        }
        return alive() + " " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + " "
                + failures.stream().limit(3).toList();
    }

    private void hold(String connection) throws IOException {
        var session = connect();
        var channel = session.createDirectTcpipChannel(
                new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress(connection, 1));
        var one = new Held(session, channel);
        channel.setOut(new OutputStream() {
            @Override
            public void write(int b) {
                one.lastByte.set(System.nanoTime());
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                one.lastByte.set(System.nanoTime());
            }
        });
        channel.addCloseFutureListener(closed -> one.ended.compareAndSet(0, System.nanoTime()));
        channel.open().verify(PATIENCE);
        held.add(one);
    }

    private long alive() {
        return held.stream()
                .filter(one -> one.channel.isOpen() && !one.channel.isClosing())
                .count();
    }

    private String ended() {
        var text = new StringBuilder();
        for (var one : held) {
            if (one.ended.get() != 0) {
                text.append(one.lastByte.get())
                        .append(',')
                        .append(one.ended.get())
                        .append(' ');
            }
        }
        return text.toString().strip();
    }

    private interface Once {
        boolean run() throws IOException;
    }

    private String rate(Duration time, int atOnce, String command) {
        return repeat(time, atOnce, () -> {
            try (var session = connect()) {
                return run(session, command);
            }
        });
    }

    private String channels(Duration time, int atOnce, String command) throws IOException {
        try (var session = connect()) {
            return repeat(time, atOnce, () -> run(session, command));
        }
    }

    private static boolean run(ClientSession session, String command) throws IOException {
        try (ChannelExec channel = session.createExecChannel(command)) {
            channel.setOut(OutputStream.nullOutputStream());
            channel.setErr(OutputStream.nullOutputStream());
            channel.open().verify(PATIENCE);
            channel.waitFor(java.util.EnumSet.of(org.apache.sshd.client.channel.ClientChannelEvent.CLOSED), PATIENCE);
            return Integer.valueOf(0).equals(channel.getExitStatus());
        }
    }

    private static String repeat(Duration time, int atOnce, Once once) {
        var done = new AtomicInteger();
        var failed = new AtomicInteger();
        long begin = System.nanoTime();
        long until = begin + time.toNanos();
        var workers = new ArrayList<Thread>();
        for (int i = 0; i < atOnce; i++) {
            workers.add(Thread.ofVirtual().start(() -> {
                while (System.nanoTime() < until) {
                    try {
                        (once.run() ? done : failed).incrementAndGet();
                    } catch (IOException e) {
                        failed.incrementAndGet();
                        LockSupport.parkNanos(100_000_000);
                    }
                }
            }));
        }
        for (var worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return String.format(Locale.ROOT, "%d %d %.1f", done.get(), failed.get(), (System.nanoTime() - begin) / 1e9);
    }

    private String close() {
        long open = alive();
        held.forEach(one -> one.session.close(true));
        held.clear();
        return Long.toString(open);
    }
}
