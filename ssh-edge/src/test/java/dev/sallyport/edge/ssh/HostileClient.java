package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;

/// A client that logs in as it should, and from then on sends what a test wants, in whatever order.
///
/// The transport is a library's: keys, encryption, numbers of packets. What the server sends of the connection
/// protocol nobody handles: it waits for the test.
final class HostileClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Messages from here on belong to the connection protocol (RFC 4250, section 4.1.2).
    private static final int CONNECTION = 80;

    private static final int WINDOW = 1 << 20;
    private static final int PACKET = 32_768;

    /// What is done to a packet before it is encrypted; `at` is where its length stands.
    interface Flaw {
        void on(byte[] packet, int at);
    }

    /// A message of the server's.
    record Said(int command, Buffer fields) {}

    /// Makes hostile clients of one door; starting one is dear.
    static final class Factory implements AutoCloseable {

        private final TestingDoor door;
        private final SshClient client = SshClient.setUpDefaultClient();

        Factory(TestingDoor door) {
            this.door = door;
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.setSignatureFactories(List.of(BuiltinSignatures.ed25519_cert, BuiltinSignatures.ed25519));
            client.setCipherFactories(List.of(BuiltinCiphers.aes128gcm));
            client.setKeyExchangeFactories(NamedFactory.setUpTransformedFactories(
                    true, List.of(BuiltinDHFactories.curve25519), ClientBuilder.DH2KEX));
            CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
            client.setSessionFactory(new SessionFactory(client) {
                @Override
                protected ClientSessionImpl doCreateSession(IoSession socket) throws Exception {
                    return new Transport(getClient(), socket);
                }
            });
            client.start();
        }

        /// Connects, and does not log in.
        HostileClient connect(String login) throws IOException {
            return new HostileClient((Transport) client.connect(login, "127.0.0.1", door.port())
                    .verify(PATIENCE)
                    .getSession());
        }

        HostileClient logIn(String login) throws IOException, GeneralSecurityException {
            var connected = connect(login);
            connected.transport.addPublicKeyIdentity(identity());
            connected.transport.auth().verify(PATIENCE);
            return connected;
        }

        private KeyPair identity() throws IOException, GeneralSecurityException {
            try (var in = Files.newInputStream(door.file("alice"))) {
                var pair = SecurityUtils.loadKeyPairIdentities(null, () -> "alice", in, null)
                        .iterator()
                        .next();
                var certificate = AuthorizedKeyEntry.parseAuthorizedKeyEntry(door.read("alice-cert.pub"));
                return new KeyPair(
                        certificate.resolvePublicKey(null, PublicKeyEntryResolver.FAILING), pair.getPrivate());
            }
        }

        @Override
        public void close() {
            client.close(true);
        }
    }

    private static final class Transport extends ClientSessionImpl {

        private final LinkedBlockingQueue<Said> said = new LinkedBlockingQueue<>();
        private final AtomicInteger exchanges = new AtomicInteger();
        private final AtomicBoolean deaf = new AtomicBoolean();
        private volatile Optional<Flaw> flaw = Optional.empty();

        Transport(org.apache.sshd.client.ClientFactoryManager client, IoSession socket) throws Exception {
            super(client, socket);
        }

        @Override
        protected void doHandleMessage(Buffer message) throws Exception {
            int command = message.rawByte(message.rpos()) & 0xff;
            if (command >= CONNECTION || command == SshConstants.SSH_MSG_UNIMPLEMENTED) {
                said.add(new Said(
                        command,
                        new ByteArrayBuffer(Arrays.copyOfRange(
                                message.array(), message.rpos() + 1, message.rpos() + message.available()))));
                return;
            }
            boolean exchange =
                    command >= SshConstants.SSH_MSG_KEXINIT && command < SshConstants.SSH_MSG_USERAUTH_REQUEST;
            if (exchange && deaf.get()) {
                return;
            }
            super.doHandleMessage(message);
            if (command == SshConstants.SSH_MSG_NEWKEYS) {
                exchanges.incrementAndGet();
            }
        }

        void sendAtOnce(Buffer message) throws IOException {
            var _ = doWritePacket(message);
        }

        @Override
        protected void aeadOutgoingBuffer(Buffer packet, int at, int length) throws Exception {
            flaw.ifPresent(one -> one.on(packet.array(), at));
            super.aeadOutgoingBuffer(packet, at, length);
        }
    }

    private final Transport transport;

    private HostileClient(Transport transport) {
        this.transport = transport;
    }

    ClientSession session() {
        return transport;
    }

    /// A message to fill in.
    Buffer message(int command) {
        return transport.createBuffer((byte) command);
    }

    HostileClient send(Buffer message) throws IOException {
        var _ = transport.writePacket(message);
        return this;
    }

    /// Sends a message whose fields are these: an `Integer` or a `Long` as uint32, a `Boolean`, a `String`, a
    /// `byte[]` with its length before it.
    HostileClient send(int command, Object... fields) throws IOException {
        return send(filled(command, fields));
    }

    /// The same, without waiting for the end of a key exchange; nothing happens when the connection is over.
    HostileClient sendAtOnce(int command, Object... fields) {
        try {
            transport.sendAtOnce(filled(command, fields));
        } catch (IOException over) {
            // as it should be
        }
        return this;
    }

    private Buffer filled(int command, Object... fields) {
        var message = message(command);
        for (var field : fields) {
            switch (field) {
                case Integer number -> message.putUInt(number);
                case Long number -> message.putUInt(number);
                case Boolean flag -> message.putBoolean(flag);
                case String text -> message.putString(text);
                case byte[] bytes -> message.putBytes(bytes);
                default -> throw new IllegalArgumentException(field.toString());
            }
        }
        return message;
    }

    /// Sends bytes past the encryption, at the end of a packet. A server that has read them may end the connection
    /// before
    /// the client is told that they were written, so that is not asked.
    void sendRaw(byte[] bytes) throws IOException {
        assertThat(transport
                        .getIoSession()
                        .writeBuffer(new ByteArrayBuffer(bytes))
                        .await(PATIENCE))
                .as("written, or cut off")
                .isTrue();
    }

    /// Everything that is sent from now on has this flaw.
    void flaw(Flaw flaw) {
        transport.flaw = Optional.of(flaw);
    }

    /// Begins a key exchange that will not be ended, because what the server says to it is not heard.
    void beginExchangeOnly() throws Exception {
        transport.deaf.set(true);
        transport.reExchangeKeys();
    }

    /// Exchanges keys; returns when both sides have new ones.
    void exchangeKeys() throws IOException {
        int before = transport.exchanges.get();
        transport.reExchangeKeys().verify(PATIENCE);
        await().pollInterval(Duration.ofMillis(1)).until(() -> transport.exchanges.get() > before || ended());
    }

    /// Opens a session channel, which the client calls `own`; returns what the server calls it.
    int openSession(int own) throws Exception {
        return openSession(own, WINDOW, PACKET);
    }

    int openSession(int own, long window, long packet) throws Exception {
        send(SshConstants.SSH_MSG_CHANNEL_OPEN, "session", own, window, packet);
        return confirmed(own);
    }

    /// Waits until the channel is confirmed.
    int confirmed(int own) throws InterruptedException {
        var fields = next(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
        if (fields.getInt() != own) {
            throw new AssertionError("another channel was confirmed");
        }
        return fields.getInt();
    }

    /// Asks for a command on a channel, and waits for the answer.
    boolean exec(int channel, String command) throws Exception {
        request(channel, "exec", command);
        return answer();
    }

    HostileClient request(int channel, String name, Object... fields) throws IOException {
        var all = new ArrayList<Object>(List.of(channel, name, true));
        all.addAll(List.of(fields));
        return send(SshConstants.SSH_MSG_CHANNEL_REQUEST, all.toArray());
    }

    /// Whether the last request succeeded.
    boolean answer() throws InterruptedException {
        while (true) {
            switch (next().command()) {
                case SshConstants.SSH_MSG_CHANNEL_SUCCESS, SshConstants.SSH_MSG_REQUEST_SUCCESS -> {
                    return true;
                }
                case SshConstants.SSH_MSG_CHANNEL_FAILURE, SshConstants.SSH_MSG_REQUEST_FAILURE -> {
                    return false;
                }
                default -> {}
            }
        }
    }

    /// The next message.
    Said next() throws InterruptedException {
        var next = transport.said.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("the server says nothing; the connection is " + (ended() ? "over" : "open"));
        }
        return next;
    }

    /// The fields of the next message of that kind; what comes before is dropped.
    Buffer next(int command) throws InterruptedException {
        for (var next = next(); ; next = next()) {
            if (next.command() == command) {
                return next.fields();
            }
        }
    }

    /// Reads a channel's output until it contains `text`.
    void awaitOutput(String text) throws InterruptedException {
        var shown = new StringBuilder();
        while (!shown.toString().contains(text)) {
            var fields = next(SshConstants.SSH_MSG_CHANNEL_DATA);
            fields.getUInt();
            shown.append(fields.getString());
        }
    }

    boolean ended() {
        return transport.isClosing() || transport.isClosed();
    }

    void awaitEnd() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(this::ended);
    }

    /// Stops to read, or reads on.
    void reads(boolean on) {
        if (on) {
            transport.getIoSession().resumeRead();
        } else {
            transport.getIoSession().suspendRead();
        }
    }

    @Override
    public void close() {
        transport.close(true);
    }
}
