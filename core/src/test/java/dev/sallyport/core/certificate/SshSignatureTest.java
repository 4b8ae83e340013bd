package dev.sallyport.core.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Keys and signatures by the real `ssh-keygen`.
final class SshSignatureTest {

    private static final String NAMESPACE = "ca-proof@sallyport";
    private static final byte[] MESSAGE = "sallyport nonce\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"ed25519, 256", "ecdsa, 256", "ecdsa, 384", "ecdsa, 521", "rsa, 2048", "rsa, 3072"})
    void aSignatureBySshKeygenHolds(String type, String bits) throws Exception {
        var signature = SshSignature.parse(sign(type, bits));

        assertThat(signature.key()).isEqualTo(SshPublicKey.parse(publicKey()));
        assertThat(signature.verifies(NAMESPACE, MESSAGE)).isTrue();
        assertThat(signature.verifies("another@sallyport", MESSAGE)).isFalse();
        assertThat(signature.verifies(NAMESPACE, "other".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"ed25519, 256", "ecdsa, 521", "rsa, 2048"})
    void theFingerprintIsOpenSshs(String type, String bits) throws Exception {
        var _ = sign(type, bits);

        var shown =
                run(List.of("ssh-keygen", "-l", "-f", folder.resolve("ca.pub").toString()));

        assertThat(shown).contains(SshPublicKey.parse(publicKey()).fingerprint() + " ");
    }

    @Test
    void aSignatureWithAnyBitChangedDoesNotHold() throws Exception {
        var text = sign("ed25519", "256");
        var lines = text.strip().split("\n", -1);
        var bytes = Base64.getMimeDecoder().decode(String.join("", Arrays.copyOfRange(lines, 1, lines.length - 1)));
        for (int i = 0; i < bytes.length; i++) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            assertThat(holds(armoured(changed))).as("byte %d changed", i).isFalse();
            assertThat(holds(armoured(Arrays.copyOf(bytes, i))))
                    .as("cut at %d", i)
                    .isFalse();
        }
    }

    @Test
    void aCertificateIsNotACa() throws Exception {
        var _ = sign("ed25519", "256");
        run(List.of(
                "ssh-keygen",
                "-q",
                "-s",
                folder.resolve("ca").toString(),
                "-I",
                "id",
                "-n",
                "alice",
                folder.resolve("ca.pub").toString()));
        var certificate = Files.readString(folder.resolve("ca-cert.pub"));

        assertThatThrownBy(() -> SshPublicKey.parse(certificate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a certificate");
    }

    @Test
    void whatIsNoKeyIsRefusedWithASentence() throws Exception {
        var _ = sign("ed25519", "256");
        var key = publicKey();
        for (var text : List.of(
                "",
                "ssh-ed25519",
                "ssh-ed25519 !!!!",
                "ssh-ed25519 AAAA",
                "ssh-rsa " + key.split(" ", 2)[1],
                "ssh-dss AAAAB3NzaC1kc3MAAAAA",
                key + "\n" + key,
                "x".repeat(SshPublicKey.LONGEST + 1))) {
            assertThatThrownBy(() -> SshPublicKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private boolean holds(String text) {
        try {
            return SshSignature.parse(text).verifies(NAMESPACE, MESSAGE)
                    && SshSignature.parse(text)
                            .key()
                            .line()
                            .equals(SshPublicKey.parse(publicKey()).line());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String publicKey() {
        try {
            return Files.readString(folder.resolve("ca.pub")).strip();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String armoured(byte[] bytes) {
        return "-----BEGIN SSH SIGNATURE-----\n" + Base64.getMimeEncoder().encodeToString(bytes)
                + "\n-----END SSH SIGNATURE-----\n";
    }

    private String sign(String type, String bits) throws Exception {
        var ca = folder.resolve("ca").toString();
        run(List.of("ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "ca", "-f", ca));
        var message = Files.write(folder.resolve("nonce"), MESSAGE);
        run(List.of("ssh-keygen", "-q", "-Y", "sign", "-f", ca, "-n", NAMESPACE, message.toString()));
        return Files.readString(folder.resolve("nonce.sig"));
    }

    private static String run(List<String> command) throws Exception {
        var process = new ProcessBuilder(new ArrayList<>(command))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
