package dev.sallyport.tests.bed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.util.security.SecurityUtils;

/// Logins in great number, by clients of a library in this process: to start so many `ssh` takes longer than to
/// serve them.
public final class Logins implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final SshClient client = SshClient.setUpDefaultClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<Ended>> begun = new ArrayList<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final KeyPair identity;
    private final int port;

    /// How one ended: with the exit status of its command and what it read on stderr, or without a status.
    public record Ended(Optional<Integer> status, String err) {}

    /// By alice.
    public Logins(Instance instance) throws IOException, GeneralSecurityException {
        this(instance.folder(), Integer.parseInt(Laptop.of(instance).port()));
    }

    /// By the alice of the instance whose folder and SSH port these are.
    public Logins(Path folder, int port) throws IOException, GeneralSecurityException {
        this.identity = identity(folder);
        this.port = port;
        client.setServerKeyVerifier((session, address, key) -> true);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        // what costs a client least: the edge's part of it is nearly the same
        client.setKeyExchangeFactories(NamedFactory.setUpTransformedFactories(
                true, List.of(BuiltinDHFactories.curve25519), ClientBuilder.DH2KEX));
        client.start();
    }

    /// Alice's key with her certificate, in an instance's folder.
    public static KeyPair identity(Path folder) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(folder.resolve("keys/alice"))) {
            var pair = SecurityUtils.loadKeyPairIdentities(null, () -> "alice", in, null)
                    .iterator()
                    .next();
            var certificate =
                    AuthorizedKeyEntry.parseAuthorizedKeyEntry(Files.readString(folder.resolve("keys/alice-cert.pub")));
            return new KeyPair(certificate.resolvePublicKey(null, PublicKeyEntryResolver.FAILING), pair.getPrivate());
        }
    }

    /// Begins so many at once, each a connection of its own that runs one command.
    public void begin(int count, String command) {
        for (int i = 0; i < count; i++) {
            pending.incrementAndGet();
            begun.add(threads.submit(() -> {
                try {
                    return login(command);
                } catch (IOException e) {
                    return new Ended(Optional.empty(), e.toString());
                } finally {
                    pending.decrementAndGet();
                }
            }));
        }
    }

    private Ended login(String command) throws IOException {
        try (var session =
                client.connect("alice", "127.0.0.1", port).verify(PATIENCE).getSession()) {
            session.addPublicKeyIdentity(identity);
            session.auth().verify(PATIENCE);
            var err = new ByteArrayOutputStream();
            try (var channel = session.createExecChannel(command)) {
                channel.setOut(OutputStream.nullOutputStream());
                channel.setErr(err);
                channel.open().verify(PATIENCE);
                channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
                return new Ended(Optional.ofNullable(channel.getExitStatus()), err.toString(StandardCharsets.UTF_8));
            }
        }
    }

    /// Those that are not over.
    public int pending() {
        return pending.get();
    }

    /// Waits for all, and says how they ended.
    public List<Ended> ended() throws InterruptedException, ExecutionException {
        var all = new ArrayList<Ended>();
        for (var one : begun) {
            all.add(one.get());
        }
        return all;
    }

    @Override
    public void close() {
        client.close(true);
        threads.shutdownNow();
    }
}
