package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.edge.EdgeLimits;
import dev.sallyport.edge.Limit;
import dev.sallyport.edge.relay.RelayLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.AbstractUserAuth;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Attack classes 1, 2, 6, 7, 8, 10, 13, 14 and 20: clients that do not keep to the rules.
final class ProtocolAttacksTest {

    private static final String CERTIFICATE = "ssh-ed25519-cert-v01@openssh.com";

    private static final AttributeKey<List<Request>> SCRIPT = new AttributeKey<>();

    /// How long a refusal may take; a server that says nothing at all refuses, too.
    private static final Duration REFUSAL = Duration.ofSeconds(3);

    @TempDir
    private static Path folder;

    private static TestingDoor door;
    private static SshClient client;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
        door.sign("alice", "ca", "-I", "alice@example", "-n", "alice,shared", "-V", "-5m:+1h");
        door.key("mallory");
        door.sign("mallory", "ca", "-I", "mallory@example", "-n", "shared", "-V", "-5m:+1h");
        client = SshClient.setUpDefaultClient();
        // host certificates without names are refused by this client: it shall look at the plain key
        client.setSignatureFactories(List.of(BuiltinSignatures.ed25519));
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.setUserAuthFactories(List.<UserAuthFactory>of(new UserAuthFactory() {
            @Override
            public String getName() {
                return "publickey";
            }

            @Override
            public Scripted createUserAuth(ClientSession session) {
                return new Scripted(java.util.Objects.requireNonNull(session.getAttribute(SCRIPT)));
            }
        }));
        client.setKeyIdentityProvider(session -> List.of());
        client.start();
    }

    @AfterAll
    static void close() {
        client.close(true);
        door.close();
    }

    /// Sends requests for authentication as the test wants them, one after the other's answer.
    private static final class Scripted extends AbstractUserAuth {

        private final Deque<Request> requests;

        Scripted(List<Request> requests) {
            super("publickey");
            this.requests = new ArrayDeque<>(requests);
        }

        @Override
        protected boolean sendAuthDataRequest(ClientSession session, String service) throws Exception {
            var next = requests.poll();
            if (next == null) {
                return false;
            }
            next.send(session, service);
            return true;
        }

        @Override
        protected boolean processAuthDataRequest(ClientSession session, String service, Buffer buffer)
                throws Exception {
            return sendAuthDataRequest(session, service);
        }
    }

    private interface Request {
        void send(ClientSession session, String service) throws Exception;
    }

    /// What is done to an otherwise good request.
    private enum Flaw {
        WRONG_KEY,
        FLIPPED_BIT,
        EMPTY,
        TRUNCATED,
        OTHER_SESSION,
        OTHER_USER,
        PLAIN_ALGORITHM,
        TRAILING_BYTES,
        SHA1
    }

    /// Without this the refusals below would say nothing.
    @Test
    void aGoodRequestLogsIn() throws Exception {
        try (var session = connect("shared", List.of(offer("alice"), signed("alice", "alice")))) {
            session.auth().verify(Duration.ofSeconds(20));
            assertThat(session.isAuthenticated()).isTrue();
        }
    }

    @Test
    void whoIsOfferedIsNotWhoIsProven() throws Exception {
        int before = door.admission.asked.size();
        try (var session = connect("shared", List.of(offer("alice"), signed("mallory", "mallory")))) {
            session.auth().verify(Duration.ofSeconds(20));
            run(session, "bash true");
            await().untilAsserted(() -> assertThat(door.admission.asked).hasSize(before + 1));
        }
        assertThat(door.admission.asked.getLast().credential().certificate().keyId())
                .isEqualTo("mallory@example");
    }

    @Test
    void whoIsOfferedAndSignedForByAnotherIsNobody() throws Exception {
        assertRefused("shared", List.of(offer("alice"), offer("mallory"), signed("alice", "mallory")));
    }

    @Test
    void anOfferAloneIsNoAuthentication() throws Exception {
        assertRefused("shared", List.of(offer("alice"), offer("alice"), offer("alice")));
    }

    @ParameterizedTest
    @EnumSource(Flaw.class)
    void aFlawedSignatureIsRefused(Flaw flaw) throws Exception {
        assertRefused("shared", List.of(flawed(flaw)));
        assertRefused("shared", List.of(offer("alice"), flawed(flaw)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-userauth", "nothing", ""})
    void aLoginForAnotherServiceIsNone(String other) throws Exception {
        assertRefused(
                "shared",
                List.of((session, service) -> session.writePacket(signed(
                        session,
                        other,
                        CERTIFICATE,
                        certificate("alice"),
                        key("alice"),
                        session.getSessionId(),
                        session.getUsername()))));
    }

    /// Under strict key exchange nothing else may come before its end (Terrapin).
    @ParameterizedTest
    @ValueSource(
            bytes = {SshConstants.SSH_MSG_IGNORE, SshConstants.SSH_MSG_DEBUG, SshConstants.SSH_MSG_UNIMPLEMENTED, 50})
    void nothingElseIsSaidInAStrictKeyExchange(byte command) throws Exception {
        try (var raw = new RawClient(door.port(), "127.0.0.1")) {
            raw.banner();
            raw.offer("curve25519-sha256,kex-strict-c-v00@openssh.com");
            raw.write(RawClient.packet(new byte[] {command, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
            raw.awaitEnd();
        }
    }

    @Test
    void attemptsAreCounted() throws Exception {
        var requests = new ArrayList<Request>();
        for (int i = 0; i < 20; i++) {
            requests.add(signed("alice", "mallory"));
        }
        requests.add(signed("alice", "alice"));
        assertRefused("shared", requests);
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                SshConstants.SSH_MSG_CHANNEL_OPEN,
                SshConstants.SSH_MSG_CHANNEL_REQUEST,
                SshConstants.SSH_MSG_CHANNEL_DATA,
                SshConstants.SSH_MSG_GLOBAL_REQUEST,
                SshConstants.SSH_MSG_USERAUTH_SUCCESS,
                SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE,
                SshConstants.SSH_MSG_SERVICE_ACCEPT
            })
    void aMessageThatComesTooEarlyOpensNothing(byte command) throws Exception {
        int admitted = door.admission.admitted.size();
        try (var session = connect("shared", List.of((early, service) -> {
            var packet = early.createBuffer(command);
            if (command == SshConstants.SSH_MSG_CHANNEL_OPEN) {
                packet.putString("session");
                packet.putUInt(0);
                packet.putUInt(1 << 20);
                packet.putUInt(32_768);
            } else if (command == SshConstants.SSH_MSG_SERVICE_ACCEPT) {
                packet.putString("ssh-connection");
            } else {
                packet.putUInt(0);
                packet.putString("exec");
                packet.putBoolean(true);
                packet.putString("bash id");
            }
            early.writePacket(packet);
        }))) {
            var authenticated = session.auth();
            assertThatThrownBy(() -> authenticated.verify(REFUSAL)).isInstanceOf(IOException.class);
            assertThat(session.isAuthenticated()).isFalse();
        }
        assertThat(door.admission.admitted).hasSize(admitted);
        assertThat(door.alice("shared@127.0.0.1", "bash", "true").status()).isNotEqualTo(255);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$(id)", "a'\"b", "a\nb", "\u001b[2J", "аlice", "alice\u202e", "../alice", "-oX", "alice\u0000"})
    void aStrangeLoginIsRefused(String login) throws Exception {
        assertRefused(login, List.of(signed("alice", "alice")));
    }

    @Test
    void aLoginOfAnySizeIsRefused() throws Exception {
        assertRefused("a".repeat(65_536), List.of(signed("alice", "alice")));
        assertRefused("", List.of(signed("alice", "alice")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$(id)", "\u001b[2J", "a/b", "..", "BASH", "bаsh", "bash;id", "\"bash\"", "\n"})
    void aStrangeConnectionIsRefusedWithoutAnEcho(String name) {
        var result = door.alice("alice@127.0.0.1", name);
        assertThat(result.status()).isEqualTo(253);
        assertThat(result.error()).startsWith("sally: ").doesNotContain("\u001b");
        assertThat(result.error().lines()).hasSize(1);
    }

    @Test
    void aCommandIsPassedOnByteForByteButNotWithoutEnd() {
        var command = "printf %s 'a  b\t$x \"q\" ü\\n'";
        assertThat(door.alice("alice@127.0.0.1", "bash " + command).output()).isEqualTo("a  b\t$x \"q\" ü\\n");
        var result = door.alice("alice@127.0.0.1", "bash true " + "x".repeat(65_536));
        assertThat(result.status()).isEqualTo(253);
        assertThat(result.error()).isEqualTo("sally: a command has at most 65536 bytes; send the rest on stdin\n");
    }

    @Test
    void keyExchangeIsStrictAndNothingIsCompressed() {
        var result = door.alice("-vvv", "-C", "alice@127.0.0.1", "bash", "true");
        assertThat(result.error())
                .contains("kex-strict-s-v00@openssh.com")
                .contains("will use strict KEX ordering")
                .contains("debug2: compression stoc: none\r\n")
                .doesNotContain("chacha20-poly1305@openssh.com MAC: <implicit>");
    }

    @Test
    void anAuditOfTheAlgorithmsFindsNoFaultAndEveryWarningIsArgued() throws IOException {
        var argued = Files.readString(Path.of("../docs/security.md"));
        door.hostKeys.makeMissing();
        var result = Client.run(List.of("ssh-audit", "-n", "-p", Integer.toString(door.port()), "127.0.0.1"));
        assertThat(result.output()).contains("kex").doesNotContain("[fail]");
        var warnings =
                Pattern.compile("(?m)^\\([a-z]+\\) (\\S+)[^\\n]*\\[warn\\]").matcher(result.output());
        while (warnings.find()) {
            assertThat(argued).as(result.output()).contains("`" + warnings.group(1) + "`");
        }
    }

    @Test
    void silentClientsKeepNobodyOut() throws Exception {
        var limits = limits(Duration.ofSeconds(3), 20, 60);
        try (var small =
                TestingDoor.open(Files.createTempDirectory(folder, "small"), limits, RelayLimits.DEFAULTS, "")) {
            var silent = new ArrayList<Socket>();
            try {
                for (int i = 0; i < 300; i++) {
                    silent.add(dial(small.port(), "127.0.0.2"));
                }
                await().untilAsserted(
                                () -> assertThat(small.door.unauthenticated()).isEqualTo(20));
                assertThat(small.alice("alice@127.0.0.1", "bash", "echo in").output())
                        .isEqualTo("in\n");
                for (int i = 3; i < 30; i++) {
                    silent.add(dial(small.port(), "127.0.0." + i));
                }
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(
                                () -> assertThat(small.door.unauthenticated()).isZero());
            } finally {
                for (var socket : silent) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void aClientThatIsSlowIsCutOff() throws Exception {
        var limits = limits(Duration.ofSeconds(2), 20, 60);
        try (var small = TestingDoor.open(Files.createTempDirectory(folder, "slow"), limits, RelayLimits.DEFAULTS, "");
                var socket = dial(small.port(), "127.0.0.1")) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("SSH-2.0-slow\r\n".getBytes(StandardCharsets.US_ASCII));
            long start = System.nanoTime();
            while (socket.getInputStream().read(new byte[4_096]) >= 0) {
                // what the server has to say
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(500), Duration.ofSeconds(15));
        }
    }

    /// The library reads on for a little, so as not to tell where it noticed; so the client talks on, too.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 262_145, 0x7fff_ffff, 0x8000_0000, -1})
    void anAbsurdPacketLengthEndsTheConnectionOnly(int length) throws Exception {
        try (var socket = dial(door.port(), "127.0.0.1")) {
            var out = socket.getOutputStream();
            out.write("SSH-2.0-absurd\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(java.nio.ByteBuffer.allocate(64).putInt(length).array());
            await().until(() -> {
                try {
                    out.write(new byte[512]);
                    return false;
                } catch (IOException cutOff) {
                    return true;
                }
            });
        }
        assertThat(door.alice("alice@127.0.0.1", "bash", "echo in").output()).isEqualTo("in\n");
    }

    private static DoorLimits limits(Duration handshake, int perAddress, int all) {
        return EdgeLimits.of(Map.of(
                        Limit.HANDSHAKE,
                        handshake.toMillis(),
                        Limit.UNAUTHENTICATED_PER_ADDRESS,
                        (long) perAddress,
                        Limit.UNAUTHENTICATED,
                        (long) all))
                .door();
    }

    private static Socket dial(int port, String from) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static ClientSession connect(String login, List<Request> requests) throws IOException {
        var session = client.connect(login, "127.0.0.1", door.port())
                .verify(Duration.ofSeconds(20))
                .getSession();
        session.setAttribute(SCRIPT, requests);
        return session;
    }

    private static void assertRefused(String login, List<Request> requests) throws IOException {
        int admitted = door.admission.admitted.size();
        try (var session = connect(login, requests)) {
            var authenticated = session.auth();
            assertThatThrownBy(() -> authenticated.verify(REFUSAL)).isInstanceOf(IOException.class);
            assertThat(session.isAuthenticated()).isFalse();
        }
        assertThat(door.admission.admitted).hasSize(admitted);
    }

    private static void run(ClientSession session, String command) throws IOException {
        try (var channel = session.createExecChannel(command)) {
            channel.open().verify(Duration.ofSeconds(20));
        }
    }

    private static Request offer(String who) {
        return (session, service) -> {
            var packet = request(session, service, false, CERTIFICATE, certificate(who));
            session.writePacket(packet);
        };
    }

    private static Request signed(String who, String by) {
        return (session, service) -> session.writePacket(signed(
                session,
                service,
                CERTIFICATE,
                certificate(who),
                key(by),
                session.getSessionId(),
                session.getUsername()));
    }

    private static Request flawed(Flaw flaw) {
        return (session, service) -> {
            var id = session.getSessionId().clone();
            var user = session.getUsername();
            var algorithm = CERTIFICATE;
            var by = "alice";
            switch (flaw) {
                case WRONG_KEY -> by = "mallory";
                case OTHER_SESSION -> id[0] ^= 1;
                case OTHER_USER -> user = "alice";
                case PLAIN_ALGORITHM -> algorithm = KeyPairProvider.SSH_ED25519;
                case SHA1 -> algorithm = "ssh-rsa-cert-v01@openssh.com";
                case FLIPPED_BIT, EMPTY, TRUNCATED, TRAILING_BYTES -> {}
            }
            var packet = signed(session, service, algorithm, certificate("alice"), key(by), id, user);
            int end = packet.wpos();
            switch (flaw) {
                case FLIPPED_BIT -> packet.array()[end - 1] ^= 1;
                case EMPTY -> {
                    packet.wpos(end - 4 - 83);
                    packet.putUInt(0);
                }
                case TRUNCATED -> packet.wpos(end - 10);
                case TRAILING_BYTES -> packet.putString("more");
                default -> {}
            }
            session.writePacket(packet);
        };
    }

    private static Buffer request(ClientSession session, String service, boolean signed, String algorithm, byte[] key) {
        var packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        packet.putString(session.getUsername());
        packet.putString(service);
        packet.putString("publickey");
        packet.putBoolean(signed);
        packet.putString(algorithm);
        packet.putBytes(key);
        return packet;
    }

    private static Buffer signed(
            ClientSession session,
            String service,
            String algorithm,
            byte[] certificate,
            KeyPair by,
            byte[] id,
            String user)
            throws Exception {
        var text = new ByteArrayBuffer();
        text.putBytes(id);
        text.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        text.putString(user);
        text.putString(service);
        text.putString("publickey");
        text.putBoolean(true);
        text.putString(algorithm);
        text.putBytes(certificate);
        var signer = BuiltinSignatures.ed25519.create();
        signer.initSigner(session, by.getPrivate());
        signer.update(session, text.getCompactData());
        var signature = new ByteArrayBuffer();
        signature.putString(KeyPairProvider.SSH_ED25519);
        signature.putBytes(signer.sign(session));
        var packet = request(session, service, true, algorithm, certificate);
        packet.putBytes(signature.getCompactData());
        return packet;
    }

    private static byte[] certificate(String who) throws IOException, GeneralSecurityException {
        return PublicKeyEntry.parsePublicKeyEntry(door.read(who + "-cert.pub")).getKeyData();
    }

    private static KeyPair key(String who) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(door.file(who))) {
            return SecurityUtils.loadKeyPairIdentities(null, () -> who, in, null)
                    .iterator()
                    .next();
        }
    }
}
