package dev.sallyport.agent.ssh;

import dev.sallyport.agent.secrets.Secrets;
import dev.sallyport.agent.target.ClientEnvironment;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Steps;
import dev.sallyport.agent.target.Target;
import dev.sallyport.agent.target.Unreached;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;

/// Opens channels to target sshds. One client for all; each session has a connection of its own.
public final class SshTargets implements AutoCloseable {

    /// How long each step may take: to connect, to log in, to open the channel.
    static final Duration STEP = Duration.ofSeconds(10);

    /// How far a target may send ahead of its reader.
    static final long WINDOW = 1 << 20;

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final int MISSED_HEARTBEATS = 3;
    private static final Duration NEVER = Duration.ZERO;

    private static final AttributeRepository.AttributeKey<HostKeys> HOST_KEYS =
            new AttributeRepository.AttributeKey<>();

    private final Secrets secrets;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<SshClient> client = Optional.empty();

    public SshTargets(Secrets secrets) {
        this.secrets = secrets;
    }

    /// Started with the first session: many agents have none of this kind.
    private SshClient client() {
        lock.lock();
        try {
            if (client.isEmpty()) {
                client = Optional.of(start());
            }
            return client.get();
        } finally {
            lock.unlock();
        }
    }

    private static SshClient start() {
        var client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setFilePasswordProvider(FilePasswordProvider.EMPTY);
        client.setAgentFactory(null);
        // a target opens nothing towards the agent
        client.setForwardingFilter(null);
        client.setChannelFactories(List.of());
        client.setServerKeyVerifier((session, address, key) -> Optional.ofNullable(session.getConnectionContext())
                .map(context -> context.getAttribute(HOST_KEYS))
                .map(keys -> keys.trusts(key))
                .orElse(false));
        var signatures = signatures();
        client.setSignatureFactories(signatures);
        client.setUserAuthFactories(List.of(
                new UserAuthPublicKeyFactory(signatures),
                new UserAuthPasswordFactory(),
                new UserAuthKeyboardInteractiveFactory()));
        client.addSessionListener(new SessionListener() {
            @Override
            public void sessionCreated(Session session) {
                preferKnownKinds(session);
            }
        });
        CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, NEVER);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, NEVER);
        CoreModuleProperties.AUTH_TIMEOUT.set(client, STEP.multipliedBy(2));
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, STEP);
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, Duration.ofDays(365));
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, MISSED_HEARTBEATS);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        client.start();
        return client;
    }

    /// Plain keys only: a host's certificate would say nothing about a pinned key. No SHA-1.
    private static List<NamedFactory<Signature>> signatures() {
        return ClientBuilder.setUpDefaultSignatureFactories(true).stream()
                .filter(factory -> !factory.getName().contains("-cert-")
                        && !factory.getName().equals("ssh-rsa")
                        && !factory.getName().equals("ssh-dss"))
                .toList();
    }

    /// A target shows one key, of the kind that the client likes best: it should be one that can be verified.
    private static void preferKnownKinds(Session session) {
        if (!(session instanceof ClientSession mine)) {
            return;
        }
        Optional.ofNullable(mine.getConnectionContext())
                .map(context -> context.getAttribute(HOST_KEYS))
                .ifPresent(keys -> {
                    var known = new ArrayList<NamedFactory<Signature>>();
                    var others = new ArrayList<NamedFactory<Signature>>();
                    for (var factory : mine.getSignatureFactories()) {
                        var kind = factory.getName().startsWith("rsa-sha2-") ? "ssh-rsa" : factory.getName();
                        (keys.kinds().contains(kind) ? known : others).add(factory);
                    }
                    known.addAll(others);
                    mine.setSignatureFactories(known);
                });
    }

    /// Connects, logs in, and starts what was asked for.
    public Target open(ConnectionDefinition definition, TargetSettings.Ssh settings, Order order)
            throws NotOpened, InterruptedException {
        if (order.request() instanceof SessionRequest.Forward forward
                && !Forwards.allow(settings.forwards(), forward)) {
            throw NotOpened.refused("this connection does not allow forwarding to that host and port");
        }
        if (order.request() instanceof SessionRequest.Subsystem(var name) && !name.equals("sftp")) {
            throw NotOpened.refused("this connection serves sftp and no other subsystem");
        }
        var session = logIn(settings);
        try {
            var environment = ClientEnvironment.accepted(definition, order.environment());
            return switch (order.request()) {
                case SessionRequest.Shell(var pty) ->
                    channel(session, "shell", Optional.empty(), pty, environment, TransferWatch.none());
                case SessionRequest.Exec(var command, var pty) ->
                    channel(session, "exec", Optional.of(command), pty, environment, Transfers.of(command, pty));
                case SessionRequest.Subsystem(var name) ->
                    channel(
                            session,
                            "subsystem",
                            Optional.of(name.getBytes(StandardCharsets.US_ASCII)),
                            Optional.empty(),
                            environment,
                            Transfers.sftp());
                case SessionRequest.Forward(var host, var port) -> forward(session, host, port);
            };
        } catch (NotOpened | InterruptedException | RuntimeException e) {
            session.close(true);
            throw e;
        }
    }

    /// Connects, looks at the host key, logs in, opens no channel, and leaves.
    public void test(TargetSettings.Ssh settings, Steps steps) throws NotOpened, InterruptedException {
        var credentials =
                steps.step(TestStep.SECRETS, () -> credentials(settings), found -> Secrets.resolved(found.count()));
        var keys = steps.step(
                TestStep.KNOWN_HOST_KEYS,
                () -> HostKeys.of(settings),
                found -> found.count() == 1 ? "the agent knows one" : "the agent knows " + found.count());
        var session = steps.step(
                TestStep.ADDRESS,
                () -> {
                    try {
                        return connect(settings, keys);
                    } catch (NotOpened e) {
                        throw Unreached.told(e);
                    }
                },
                _ -> "a service answers at " + settings.host() + ", port " + settings.port());
        try {
            steps.step(TestStep.HOST_KEY, () -> shownKey(session, keys), shown -> "the target showed " + shown);
            steps.step(
                    TestStep.LOGIN,
                    () -> {
                        if (credentials.count() == 0) {
                            throw NotOpened.target("the connection has neither a password nor a private key");
                        }
                        credentials.addTo(session);
                        logIn(session, keys);
                        return settings.user();
                    },
                    user -> "the target let the agent in as " + user);
        } finally {
            session.close(true);
        }
    }

    /// Waits until the target has shown its host key, and that was the right one. Which it was.
    private static String shownKey(ClientSession session, HostKeys hostKeys) throws NotOpened {
        var events = session.waitFor(EnumSet.of(ClientSessionEvent.WAIT_AUTH, ClientSessionEvent.CLOSED), STEP);
        var refused = hostKeys.refused();
        if (refused.isPresent()) {
            throw otherKey(refused.get(), Optional.empty());
        }
        var shown = hostKeys.shown();
        if (!events.contains(ClientSessionEvent.WAIT_AUTH) || shown.isEmpty()) {
            throw NotOpened.target(
                    events.contains(ClientSessionEvent.TIMEOUT)
                            ? "the target did not show a host key within " + STEP.toSeconds()
                                    + " seconds: is it an sshd?"
                            : "the target ended the connection before it showed a host key that the agent could check:"
                                    + " it is no sshd, too busy, or of algorithms that the agent does not speak");
        }
        return shown.get();
    }

    private ClientSession logIn(TargetSettings.Ssh settings) throws NotOpened, InterruptedException {
        var hostKeys = HostKeys.of(settings);
        var session = connect(settings, hostKeys);
        try {
            credentials(settings).addTo(session);
            logIn(session, hostKeys);
            return session;
        } catch (NotOpened | RuntimeException e) {
            session.close(true);
            throw e;
        }
    }

    private ClientSession connect(TargetSettings.Ssh settings, HostKeys hostKeys) throws NotOpened {
        try {
            return client().connect(
                            settings.user(),
                            settings.host(),
                            settings.port(),
                            AttributeRepository.ofKeyValuePair(HOST_KEYS, hostKeys),
                            null)
                    .verify(STEP)
                    .getSession();
        } catch (IOException | RuntimeException e) {
            throw new NotOpened(Message.Failed.Reason.TARGET, "the agent could not connect to the target", e);
        }
    }

    private static void logIn(ClientSession session, HostKeys hostKeys) throws NotOpened {
        try {
            session.auth().verify(STEP.multipliedBy(2));
        } catch (IOException | RuntimeException e) {
            var refused = hostKeys.refused();
            if (refused.isPresent()) {
                throw otherKey(refused.get(), Optional.of(e));
            }
            throw new NotOpened(Message.Failed.Reason.TARGET, "the target did not let the agent log in", e);
        }
    }

    private static NotOpened otherKey(String fingerprint, Optional<Exception> cause) {
        var sentence = "the target showed a host key that is not the one of this connection: " + fingerprint
                + "; if it was changed on purpose, an admin puts the new one into the connection";
        return cause.map(why -> new NotOpened(Message.Failed.Reason.TARGET, sentence, why))
                .orElseGet(() -> NotOpened.target(sentence));
    }

    /// What the agent logs in with; of a moment, and kept nowhere.
    private record Credentials(List<KeyPair> keys, Optional<String> password, int count) {

        void addTo(ClientSession session) {
            keys.forEach(session::addPublicKeyIdentity);
            password.ifPresent(session::addPasswordIdentity);
        }

        @Override
        public String toString() {
            return "(credentials)";
        }
    }

    private Credentials credentials(TargetSettings.Ssh settings) throws NotOpened, InterruptedException {
        try {
            List<KeyPair> pairs = List.of();
            if (settings.privateKey().isPresent()) {
                try (var secret = secrets.resolve(settings.privateKey().get())) {
                    pairs = keys(secret.reveal(byte[]::clone));
                }
            }
            Optional<String> password = Optional.empty();
            if (settings.password().isPresent()) {
                try (var secret = secrets.resolve(settings.password().get())) {
                    password = Optional.of(secret.revealText());
                }
            }
            int count = (settings.privateKey().isPresent() ? 1 : 0) + (password.isPresent() ? 1 : 0);
            return new Credentials(pairs, password, count);
        } catch (Secrets.Unresolved e) {
            throw new NotOpened(Message.Failed.Reason.TARGET, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<KeyPair> keys(byte[] text) throws NotOpened {
        try {
            var pairs = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName("key"), new ByteArrayInputStream(text), FilePasswordProvider.EMPTY);
            var keys = new ArrayList<KeyPair>();
            if (pairs != null) {
                pairs.forEach(keys::add);
            }
            if (keys.isEmpty()) {
                throw NotOpened.target("the private key of this connection is none that its agent can read");
            }
            return keys;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new NotOpened(
                    Message.Failed.Reason.TARGET,
                    "the private key of this connection cannot be read by its agent (a passphrase is not supported)",
                    e);
        } finally {
            java.util.Arrays.fill(text, (byte) 0);
        }
    }

    private static Target channel(
            ClientSession session,
            String type,
            Optional<byte[]> argument,
            Optional<Pty> pty,
            Map<String, String> environment,
            TransferWatch watch)
            throws NotOpened, InterruptedException {
        var channel = new SessionChannel(new SessionChannel.Ask(type, argument), pty, environment);
        try {
            session.getService(ConnectionService.class).registerChannel(channel);
            var target = new SshTarget(session, channel, watch);
            channel.open().verify(STEP);
            if (!channel.accepted().get(STEP.toMillis(), TimeUnit.MILLISECONDS)) {
                throw NotOpened.target("the target refused the " + type + " request");
            }
            return target;
        } catch (IOException | RuntimeException | ExecutionException | TimeoutException e) {
            throw new NotOpened(Message.Failed.Reason.TARGET, "the target did not open a session", e);
        }
    }

    private static Target forward(ClientSession session, String host, int port) throws NotOpened {
        var channel = new ForwardChannel(host, port);
        try {
            session.getService(ConnectionService.class).registerChannel(channel);
            var target = new SshTarget(session, channel, TransferWatch.none());
            channel.open().verify(STEP);
            return target;
        } catch (IOException | RuntimeException e) {
            throw new NotOpened(Message.Failed.Reason.TARGET, "the target could not connect to that host and port", e);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            client.ifPresent(started -> started.close(true));
        } finally {
            lock.unlock();
        }
    }
}
