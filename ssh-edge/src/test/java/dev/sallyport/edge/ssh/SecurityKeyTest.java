package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Certificates of security keys: signed by the real ssh-keygen, used by the real `ssh`; only the token itself
/// is made of software (OpenSSH PROTOCOL.u2f).
final class SecurityKeyTest {

    private static final String APPLICATION = "ssh:";
    private static final int TOUCHED = 1;

    @TempDir
    private static Path folder;

    private static TestingDoor door;
    private static int made;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private enum Kind {
        ED25519,
        ECDSA
    }

    /// A token with one key.
    private record Token(Kind kind, String name, KeyPair pair) {

        static Token make(Kind kind) throws GeneralSecurityException, IOException {
            var generator = KeyPairGenerator.getInstance(kind == Kind.ED25519 ? "Ed25519" : "EC");
            if (kind == Kind.ECDSA) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            var token = new Token(kind, "token" + ++made, generator.generateKeyPair());
            Files.writeString(
                    door.file(token.name + ".pub"),
                    token.type() + " " + Base64.getEncoder().encodeToString(token.publicKey()) + " token\n");
            return token;
        }

        String type() {
            return (kind == Kind.ED25519 ? "sk-ssh-ed25519" : "sk-ecdsa-sha2-nistp256") + "@openssh.com";
        }

        byte[] publicKey() {
            var out = new ByteArrayBuffer();
            out.putString(type());
            if (pair.getPublic() instanceof ECPublicKey key) {
                out.putString("nistp256");
                var point = new ByteArrayBuffer();
                point.putByte((byte) 4);
                point.putRawBytes(wide(key.getW().getAffineX()));
                point.putRawBytes(wide(key.getW().getAffineY()));
                out.putBytes(point.getCompactData());
            } else {
                var encoded = pair.getPublic().getEncoded();
                out.putBytes(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
            }
            out.putString(APPLICATION);
            return out.getCompactData();
        }

        byte[] sign(byte[] data, int flags, String application) throws GeneralSecurityException {
            var sha256 = MessageDigest.getInstance("SHA-256");
            var text = new ByteArrayBuffer();
            text.putRawBytes(sha256.digest(application.getBytes(StandardCharsets.UTF_8)));
            text.putByte((byte) flags);
            text.putUInt(7);
            text.putRawBytes(sha256.digest(data));
            var signer = Signature.getInstance(kind == Kind.ED25519 ? "Ed25519" : "SHA256withECDSAinP1363Format");
            signer.initSign(pair.getPrivate());
            signer.update(text.getCompactData());
            var signature = signer.sign();
            var out = new ByteArrayBuffer();
            out.putString(type());
            if (kind == Kind.ECDSA) {
                var numbers = new ByteArrayBuffer();
                numbers.putMPInt(new BigInteger(1, Arrays.copyOf(signature, 32)));
                numbers.putMPInt(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
                signature = numbers.getCompactData();
            }
            out.putBytes(signature);
            out.putByte((byte) flags);
            out.putUInt(7);
            return out.getCompactData();
        }

        private static byte[] wide(BigInteger number) {
            var bytes = number.toByteArray();
            var out = new byte[32];
            int length = Math.min(32, bytes.length);
            System.arraycopy(bytes, bytes.length - length, out, 32 - length, length);
            return out;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aCertificateOfATouchedSecurityKeyLogsIn(Kind kind) throws Exception {
        var token = certified(kind);
        var result = login(token, data -> token.sign(data, TOUCHED, APPLICATION));
        assertThat(result.output()).as(result.error()).isEqualTo("in\n");
        assertThat(door.admission.last().request.credential().certificate().keyFingerprint())
                .isEqualTo(TestingDoor.check(List.of(
                                "ssh-keygen",
                                "-lf",
                                door.file(token.name() + ".pub").toString()))
                        .split(" ", 3)[1]);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void withoutATouchNobodyLogsInUnlessTheCaWaivesIt(Kind kind) throws Exception {
        var token = certified(kind);
        assertRefused(login(token, data -> token.sign(data, 0, APPLICATION)));
        var waived = certified(kind, "-O", "no-touch-required");
        var result = login(waived, data -> waived.sign(data, 0, APPLICATION));
        assertThat(result.output()).as(result.error()).isEqualTo("in\n");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSignatureForAnotherApplicationOrOverSomethingElseIsRefused(Kind kind) throws Exception {
        var token = certified(kind);
        assertRefused(login(token, data -> token.sign(data, TOUCHED, "webauthn:example.com")));
        assertRefused(login(token, data -> token.sign(new byte[32], TOUCHED, APPLICATION)));
        assertRefused(login(token, data -> {
            // touched says the signature, after it was made without
            var signature = token.sign(data, 0, APPLICATION);
            signature[signature.length - 5] = TOUCHED;
            return signature;
        }));
        assertRefused(login(token, data -> {
            var signature = token.sign(data, TOUCHED, APPLICATION);
            return Arrays.copyOf(signature, signature.length + 1);
        }));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSecurityKeyWithoutACertificateOrOfAStrangersCaIsRefused(Kind kind) throws Exception {
        var token = Token.make(kind);
        assertRefused(login(token.publicKey(), data -> token.sign(data, TOUCHED, APPLICATION)));
        var other = Token.make(kind);
        door.key("strangers" + other.name());
        door.sign(other.name(), "strangers" + other.name(), "-I", "x", "-n", "alice");
        assertRefused(login(other, data -> other.sign(data, TOUCHED, APPLICATION)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aCertificateThatWantsAPinIsRefused(Kind kind) throws Exception {
        var token = certified(kind, "-O", "verify-required");
        assertRefused(login(token, data -> token.sign(data, TOUCHED, APPLICATION)));
    }

    private static Token certified(Kind kind, String... options) throws GeneralSecurityException, IOException {
        var token = Token.make(kind);
        var all = new java.util.ArrayList<>(List.of("-I", "alice@example", "-n", "alice", "-V", "-5m:+1h"));
        all.addAll(List.of(options));
        door.sign(token.name(), "ca", all.toArray(String[]::new));
        return token;
    }

    private static Client.Result login(Token token, FakeSshAgent.Signer signer) throws Exception {
        return login(
                PublicKeyEntry.parsePublicKeyEntry(door.read(token.name() + "-cert.pub"))
                        .getKeyData(),
                signer);
    }

    private static Client.Result login(byte[] identity, FakeSshAgent.Signer signer) throws Exception {
        var socket = folder.resolve("agent" + ++made);
        try (var _ = new FakeSshAgent(socket, identity, signer)) {
            return Client.run(List.of(
                    "ssh",
                    "-F",
                    "none",
                    "-o",
                    "IdentityAgent=" + socket,
                    "-o",
                    "IdentityFile=none",
                    "-o",
                    "BatchMode=yes",
                    "-o",
                    "UserKnownHostsFile=" + door.file("known_hosts"),
                    "-o",
                    "StrictHostKeyChecking=yes",
                    "-p",
                    Integer.toString(door.port()),
                    "alice@127.0.0.1",
                    "bash",
                    "echo in"));
        }
    }

    private static void assertRefused(Client.Result result) {
        assertThat(result.status()).as(result.output()).isEqualTo(255);
        assertThat(result.error()).contains("Permission denied (publickey)");
    }
}
