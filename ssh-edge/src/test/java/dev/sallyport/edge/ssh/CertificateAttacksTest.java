package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attack classes 3, 4 and 5: certificates that must not log in, made by the real ssh-keygen.
final class CertificateAttacksTest {

    @TempDir
    private static Path folder;

    private static TestingDoor door;
    private static int made;

    @BeforeAll
    static void open() {
        door = TestingDoor.open(folder);
        door.key("rsa-ca", "-t", "rsa", "-b", "3072");
        door.trust("rsa-ca", CertificateAttribute.PRINCIPAL);
        door.key("id-ca", "-t", "ecdsa");
        door.trust("id-ca", CertificateAttribute.KEY_ID);
        door.key("stranger");
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @Test
    void aPlainKeyDoesNotLogIn() {
        assertRefused(key(), "alice");
    }

    @Test
    void aCertificateOfAStrangersCaDoesNotLogIn() {
        var key = key();
        door.sign(key, "stranger", "-I", "x", "-n", "alice");
        assertRefused(key, "alice");
    }

    @Test
    void aUserWithACertificateIsNoCa() {
        var key = key();
        door.sign(key, "alice", "-I", "x", "-n", "alice");
        assertRefused(key, "alice");
    }

    @Test
    void theHostCaIsNoUserCa() throws IOException {
        for (var file : List.of("ssh_host_ca_key", "ssh_host_ca_key.pub")) {
            Files.copy(folder.resolve("host").resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        var key = key();
        door.sign(key, "ssh_host_ca_key", "-I", "x", "-n", "alice");
        assertRefused(key, "alice");
    }

    @Test
    void aHostCertificateDoesNotLogIn() {
        var key = key();
        door.sign(key, "ca", "-h", "-I", "x", "-n", "alice");
        assertRefused(key, "alice");
    }

    @Test
    void aCertificateWithoutPrincipalsDoesNotLogIn() {
        var key = key();
        door.sign(key, "ca", "-I", "alice@example");
        assertRefused(key, "alice");
    }

    @Test
    void aCertificateWithTooManyPrincipalsDoesNotLogIn() {
        var key = key();
        door.sign(key, "ca", "-I", "x", "-n", names(65));
        assertRefused(key, "alice");
        door.sign(key, "ca", "-I", "x", "-n", names(64));
        assertAccepted(key, "alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob", "alic", "alicee", "ALICE", "root", "alice+nothere+x"})
    void aLoginThatIsNoPrincipalDoesNotLogIn(String login) {
        var key = key();
        door.sign(key, "ca", "-I", "x", "-n", login.equals("bob") ? "carol,bobby" : "alice");
        assertRefused(key, login);
    }

    @Test
    void aLoginThatNamesAnotherTenantThanTheCasIsRefusedLikeAnyOther() {
        var key = key();
        door.sign(key, "ca", "-I", "x", "-n", "alice");
        assertAccepted(key, "alice=" + TestingDoor.TENANT);
        assertRefused(key, "alice=other");
        assertRefused(key, "alice+bash=other");
    }

    @Test
    void aCertificateBeforeAndAfterItsTimeDoesNotLogIn() {
        var key = key();
        door.sign(key, "ca", "-I", "x", "-n", "alice", "-V", "-2h:-1h");
        assertRefused(key, "alice");
        door.sign(key, "ca", "-I", "x", "-n", "alice", "-V", "+1h:+2h");
        assertRefused(key, "alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "critical:strange@example.com=1",
                "verify-required",
                "source-address=10.0.0.0/8",
                "source-address=127.0.0.2/32,::1/128"
            })
    void aCriticalOptionThatDoesNotHoldKeepsOut(String option) {
        var key = key();
        door.sign(key, "ca", "-I", "x", "-n", "alice", "-O", option);
        assertRefused(key, "alice");
    }

    @Test
    void aSourceAddressThatHoldsLetsIn() {
        var key = key();
        door.sign(key, "ca", "-I", "x", "-n", "alice", "-O", "source-address=10.0.0.0/8,127.0.0.0/8");
        assertAccepted(key, "alice");
    }

    @Test
    void aSignatureOfTheCaWithSha1DoesNotCount() {
        var key = key();
        door.sign(key, "rsa-ca", "-t", "rsa-sha2-512", "-I", "x", "-n", "alice");
        assertAccepted(key, "alice");
        door.sign(key, "rsa-ca", "-t", "ssh-rsa", "-I", "x", "-n", "alice");
        assertRefused(key, "alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecdsa 256", "ecdsa 384", "ecdsa 521", "rsa 2048", "ed25519 256"})
    void everyKindOfKeyLogsIn(String kind) {
        var words = kind.split(" ", 2);
        var name = "key" + ++made;
        door.key(name, "-t", words[0], "-b", words[1]);
        door.sign(name, "id-ca", "-I", "alice@example.com", "-n", "alice");
        assertAccepted(name, "alice");
    }

    @Test
    void aShortRsaKeyDoesNotLogIn() {
        var name = "key" + ++made;
        door.key(name, "-t", "rsa", "-b", "1024");
        door.sign(name, "ca", "-I", "x", "-n", "alice");
        assertRefused(name, "alice");
    }

    @Test
    void aCertificateOfAnotherKeyDoesNotLogIn() throws IOException {
        var key = key();
        Files.copy(folder.resolve("alice-cert.pub"), folder.resolve(key + "-cert.pub"));
        assertRefused(key, "alice");
    }

    private static String key() {
        var name = "key" + ++made;
        door.key(name);
        return name;
    }

    private static String names(int count) {
        return IntStream.range(1, count).mapToObj(i -> "name" + i).collect(Collectors.joining(",")) + ",alice";
    }

    private static void assertRefused(String key, String login) {
        int admitted = door.admission.admitted.size();
        var result = Client.run(door.ssh(key, login + "@127.0.0.1", "bash", "echo in"));
        assertThat(result.status()).as(result.output()).isEqualTo(255);
        assertThat(result.error()).contains("Permission denied (publickey)");
        assertThat(door.admission.admitted).hasSize(admitted);
    }

    private static void assertAccepted(String key, String login) {
        var result = Client.run(door.ssh(key, login + "@127.0.0.1", "bash", "echo in"));
        assertThat(result.output()).as(result.error()).isEqualTo("in\n");
    }
}
