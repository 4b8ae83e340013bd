package dev.sallyport.inspect.mysql;

import static dev.sallyport.inspect.mysql.Conversation.NONCE;
import static dev.sallyport.inspect.mysql.Conversation.PASSWORD;
import static dev.sallyport.inspect.mysql.Conversation.SERVER;
import static dev.sallyport.inspect.mysql.Conversation.all;
import static dev.sallyport.inspect.mysql.Conversation.ascii;
import static dev.sallyport.inspect.mysql.Conversation.greeting;
import static dev.sallyport.inspect.mysql.Conversation.login;
import static dev.sallyport.inspect.mysql.Conversation.ok;
import static dev.sallyport.inspect.mysql.Conversation.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Logins at a scripted server, which checks proofs as the protocol's pages say that servers do.
class MysqlLoginTest {

    private static final String SHA2 = ClientProof.SHA2;
    private static final String NATIVE = ClientProof.NATIVE;

    private static Conversation waiting(ServerLogin.Tls tls, boolean cleartext, boolean serverKeys) {
        var one = new Conversation(Readings.ALLOW, Masking.NONE, new MysqlOptions(Optional.empty(), false, serverKeys));
        one.client(login(Conversation.CLIENT, Optional.of(NATIVE)));
        assertThat(one.start).isPresent();
        one.connected(tls, cleartext);
        one.toClient.reset();
        return one;
    }

    /// The last packet that the server was sent.
    private static byte[] last(Conversation one) {
        return Conversation.payloads(one.toServer.toByteArray()).getLast();
    }

    /// The proof in a login.
    private static byte[] proof(byte[] login) throws Malformed {
        var body = new Body(login, 0, login.length);
        body.skip(32);
        assertThat(body.zeroEndedText()).isEqualTo("app");
        return body.string();
    }

    private static byte[] sha(String hash, byte[]... parts) throws Exception {
        var digest = MessageDigest.getInstance(hash);
        for (var part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static byte[] xor(byte[] one, byte[] other) {
        var made = one.clone();
        for (int i = 0; i < made.length; i++) {
            made[i] ^= other[i % other.length];
        }
        return made;
    }

    /// As a server checks it, which keeps the hash of the hash only.
    private static boolean provesSha2(byte[] proof) throws Exception {
        var kept = sha("SHA-256", sha("SHA-256", ascii(PASSWORD)));
        return proof.length == 32 && Arrays.equals(sha("SHA-256", xor(proof, sha("SHA-256", kept, NONCE))), kept);
    }

    private static boolean provesNative(byte[] proof, byte[] nonce) throws Exception {
        var kept = sha("SHA-1", sha("SHA-1", ascii(PASSWORD)));
        return proof.length == 20 && Arrays.equals(sha("SHA-1", xor(proof, sha("SHA-1", nonce, kept))), kept);
    }

    private static byte[] ask(int sequence, String plugin, byte[] data) {
        return packet(
                sequence, new Bytes().int8(0xfe).zeroEnded(plugin).add(data).copy());
    }

    private static byte[] more(int sequence, byte... data) {
        return packet(sequence, all(new byte[] {1}, data));
    }

    /// The server tells its settings: the session begins.
    private static void begins(Conversation one) {
        one.server(packet(1, ok(2)));
        one.server(Conversation.result(
                true,
                java.util.List.of(
                        Conversation.column("a", 253),
                        Conversation.column("b", 253),
                        Conversation.column("c", 253),
                        Conversation.column("d", 253)),
                java.util.List.of(Conversation.textRow("utf8mb4", "utf8mb4", "", "shop"))));
        assertThat(one.loggedIn).as("%s", one.ended).isTrue();
        assertThat(Conversation.payloads(one.toClient.toByteArray()).getLast()[0])
                .as("the client is let in")
                .isZero();
    }

    @Test
    void aPasswordThatTheServerKnowsIsProvenOnly() throws Exception {
        var one = waiting(ServerLogin.Tls.DISABLE, false, false);
        one.server(greeting(SERVER, SHA2));
        assertThat(provesSha2(proof(last(one)))).isTrue();
        one.server(all(more(2, (byte) 3), packet(3, ok(2))));
        begins(one);
        assertThat(Conversation.words(one.toServer)).doesNotContain(PASSWORD);
    }

    @Test
    void aPasswordThatTheServerNeedsGoesOverTls() throws Exception {
        var one = waiting(ServerLogin.Tls.REQUIRE, false, false);
        one.server(greeting(SERVER | Capabilities.SSL, SHA2));
        assertThat(one.secure).isTrue();
        assertThat(last(one)).as("nothing but the request for TLS").hasSize(32);
        one.wire.secured(Optional.empty(), one);
        assertThat(provesSha2(proof(last(one)))).isTrue();
        one.server(more(3, (byte) 4));
        assertThat(last(one)).isEqualTo(ascii(PASSWORD + "\0"));
        one.server(packet(5, ok(2)));
        begins(one);
    }

    @Test
    void aPasswordThatTheServerNeedsDoesNotGoWithoutTls() {
        var one = waiting(ServerLogin.Tls.DISABLE, false, false);
        one.server(greeting(SERVER, SHA2));
        one.server(more(2, (byte) 4));
        assertThat(one.ended).hasValueSatisfying(why -> assertThat(why).contains("turn TLS on"));
        assertThat(Conversation.words(one.toServer)).doesNotContain(PASSWORD);
        assertThat(Conversation.words(one.toClient)).contains("turn TLS on");
    }

    @Test
    void aPasswordIsEncryptedToAServersKeyWhereThatIsAllowed() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        var key = generator.generateKeyPair();
        var pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        var one = waiting(ServerLogin.Tls.DISABLE, false, true);
        one.server(greeting(SERVER, SHA2));
        one.server(more(2, (byte) 4));
        assertThat(last(one)).containsExactly(2);
        one.server(more(4, ascii(pem)));
        var cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
        cipher.init(Cipher.DECRYPT_MODE, key.getPrivate());
        assertThat(xor(cipher.doFinal(last(one)), NONCE)).isEqualTo(ascii(PASSWORD + "\0"));
        one.server(packet(6, ok(2)));
        begins(one);
    }

    @Test
    void aKeyThatIsNoneEndsTheLogin() {
        for (var pem : new String[] {"", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}) {
            var one = waiting(ServerLogin.Tls.DISABLE, false, true);
            one.server(greeting(SERVER, SHA2));
            one.server(more(2, (byte) 4));
            one.server(more(4, ascii(pem)));
            assertThat(one.ended).isPresent();
            assertThat(Conversation.words(one.toServer)).doesNotContain(PASSWORD);
        }
    }

    @Test
    void theServerMayAskAgainForAnotherWay() throws Exception {
        var one = waiting(ServerLogin.Tls.DISABLE, false, false);
        one.server(greeting(SERVER, SHA2));
        var other = ascii("abcdefghijkl12345678");
        one.server(ask(2, NATIVE, all(other, new byte[1])));
        assertThat(provesNative(last(one), other)).isTrue();
        one.server(packet(4, ok(2)));
        begins(one);
    }

    @Test
    void aWayThatIsNotKnownIsAskedForInOneThatIs() throws Exception {
        var one = waiting(ServerLogin.Tls.DISABLE, false, false);
        one.server(greeting(SERVER, "some_plugin_of_its_own"));
        assertThat(provesNative(proof(last(one)), NONCE)).isTrue();
        one.server(ask(2, "some_plugin_of_its_own", new byte[21]));
        assertThat(one.ended).hasValueSatisfying(why -> assertThat(why).contains("not known here"));
    }

    /// MariaDB's way: with a password of 32 bytes it is Ed25519 as RFC 8032 has it, which the JDK can do.
    @Test
    void ed25519SignsAsTheStandardSays() throws Exception {
        var seed = ascii("0123456789abcdef0123456789abcdef");
        var message = "a nonce of any length".getBytes(StandardCharsets.UTF_8);
        var key = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(message);
        assertThat(Ed25519.sign(seed, message)).isEqualTo(signature.sign());

        var one = waiting(ServerLogin.Tls.DISABLE, false, false);
        one.server(greeting(SERVER, NATIVE));
        one.server(ask(2, "client_ed25519", new byte[32]));
        assertThat(last(one)).isEqualTo(Ed25519.sign(ascii(PASSWORD), new byte[32]));
        one.server(packet(4, ok(2)));
        begins(one);
    }

    @ParameterizedTest
    @CsvSource({"DISABLE,true,false", "REQUIRE,false,false", "REQUIRE,true,true"})
    void thePasswordGoesAsItIsOnlyWhereThatIsAllowedAndSecured(ServerLogin.Tls tls, boolean allowed, boolean goes) {
        var one = waiting(tls, allowed, true);
        boolean secured = tls == ServerLogin.Tls.REQUIRE;
        one.server(greeting(SERVER | (secured ? Capabilities.SSL : 0), NATIVE));
        if (secured) {
            one.wire.secured(Optional.empty(), one);
        }
        one.server(ask(secured ? 3 : 2, "mysql_clear_password", new byte[0]));
        assertThat(Conversation.words(one.toServer).contains(PASSWORD)).isEqualTo(goes);
        assertThat(one.ended.isEmpty()).isEqualTo(goes);
    }

    /// Attack class 18: TLS is taken away, or bytes are sent before it that are read as if they came after it.
    @Test
    void tlsIsNeitherTakenAwayNorSpokenBefore() {
        var without = waiting(ServerLogin.Tls.REQUIRE, false, false);
        without.server(greeting(SERVER, NATIVE));
        assertThat(without.ended).hasValueSatisfying(why -> assertThat(why).contains("has no TLS"));
        assertThat(without.toServer.size()).isZero();

        var ahead = waiting(ServerLogin.Tls.REQUIRE, false, false);
        ahead.server(all(greeting(SERVER | Capabilities.SSL, NATIVE), packet(2, ok(2))));
        assertThat(ahead.ended).isPresent();
        assertThat(ahead.loggedIn).isFalse();

        var late = waiting(ServerLogin.Tls.REQUIRE, false, false);
        late.server(greeting(SERVER | Capabilities.SSL, NATIVE));
        late.server(packet(2, ok(2)));
        assertThat(late.ended).isPresent();
        assertThat(late.loggedIn).isFalse();
    }

    @Test
    void aServerIsAskedForTlsWhereItHasIt() {
        var with = waiting(ServerLogin.Tls.PREFER, false, false);
        with.server(greeting(SERVER | Capabilities.SSL, NATIVE));
        assertThat(with.secure).isTrue();
        var without = waiting(ServerLogin.Tls.PREFER, false, false);
        without.server(greeting(SERVER, NATIVE));
        assertThat(without.secure).isFalse();
        assertThat(without.ended).isEmpty();
    }

    @Test
    void whatAServerSaysOfARefusalIsNotRepeated() {
        var one = waiting(ServerLogin.Tls.DISABLE, false, false);
        one.server(greeting(SERVER, NATIVE));
        one.server(packet(2, Conversation.error(1045, "28000", "Access denied for 'app'@'10.0.0.7'")));
        assertThat(Conversation.words(one.toClient))
                .contains("does not accept the connection's user or password (error 1045)")
                .doesNotContain("10.0.0.7");
    }

    @Test
    void aServerThatIsNoneIsNotFollowed() {
        for (var said : new byte[][] {
            packet(0, new byte[] {9}),
            packet(0, ascii("SSH-2.0-OpenSSH")),
            packet(0, new byte[0]),
            new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0},
            packet(3, ok(2)),
            packet(0, Arrays.copyOf(greeting(SERVER, NATIVE), 30)),
        }) {
            var one = waiting(ServerLogin.Tls.DISABLE, false, false);
            one.server(said);
            assertThat(one.ended).as("%s", Arrays.toString(said)).isPresent();
            assertThat(one.toServer.size()).isZero();
        }
    }

    @Test
    void aClientIsLedThroughTheStepsThatItExpects() {
        // one of MySQL 9, which has no other way than this
        var sha2 = new Conversation(Readings.ALLOW, Masking.NONE);
        sha2.toClient.reset();
        sha2.client(login(Conversation.CLIENT, Optional.of(SHA2)));
        assertThat(Conversation.words(sha2.toClient)).contains(SHA2);
        assertThat(sha2.start).isEmpty();
        sha2.client(packet(3, new byte[32]));
        assertThat(sha2.start).isPresent();

        var other = new Conversation(Readings.ALLOW, Masking.NONE);
        other.toClient.reset();
        other.client(login(Conversation.CLIENT, Optional.of("dialog")));
        assertThat(Conversation.words(other.toClient)).contains(NATIVE);
        other.client(packet(3, new byte[20]));
        assertThat(other.start).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0200, 0x0800 | 0x0200, 0x0001})
    void aClientThatWantsWhatIsNotOfferedIsTold(int capabilities) {
        var one = new Conversation(Readings.ALLOW, Masking.NONE);
        // a request for TLS, and a client without the protocol of MySQL 4.1
        one.client(packet(
                1,
                new Bytes()
                        .int32(capabilities)
                        .int32(1 << 24)
                        .int8(45)
                        .zeros(23)
                        .copy()));
        assertThat(one.ended).isPresent();
        assertThat(one.start).isEmpty();
    }

    @Test
    void aLoginIsNoLongerThanItsBound() {
        var one = new Conversation(Readings.ALLOW, Masking.NONE);
        one.client(new byte[] {0, 0, 2, 1});
        assertThat(one.ended).isPresent();
    }
}
