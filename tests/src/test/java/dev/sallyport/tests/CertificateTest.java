package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.tests.bed.Certificates;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.NotCompared;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Recorded;
import dev.sallyport.tests.bed.Shared;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What counts as a credential at the door, and what does not, with certificates made by the real `ssh-keygen`.
@EndToEnd
class CertificateTest {

    private final Instance instance = Shared.instance();
    private Certificates certificates = new Certificates(instance, Path.of("/nonexistent"));

    @BeforeEach
    void folder() throws Exception {
        certificates = Certificates.of(instance);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void everyTypeOfKeyThatOpensshSignsCounts(String type) throws Exception {
        var key = certificates.certify(certificates.ca(), certificates.key(type), "-V", "+5m");
        assertThat(run(key).out()).isEqualTo("in\n");
    }

    @Test
    void aPlainKeyIsNoCredential() throws Exception {
        assertDenied(run(certificates.key("ed25519")));
    }

    @Test
    void aCertificateOfAnotherCaIsNoCredential() throws Exception {
        assertDenied(run(certificates.certify(certificates.key("ed25519"), certificates.key("ed25519"), "-V", "+5m")));
    }

    @Test
    void anExpiredOrFutureCertificateIsNoCredential() throws Exception {
        assertDenied(run(certificates.certify(certificates.ca(), certificates.key("ed25519"), "-V", "-10m:-2m")));
        assertDenied(run(certificates.certify(certificates.ca(), certificates.key("ed25519"), "-V", "+10m:+20m")));
    }

    @Test
    void aHostCertificateIsNoCredential() throws Exception {
        assertDenied(run(certificates.certify(certificates.ca(), certificates.key("ed25519"), "-h", "-V", "+5m")));
    }

    @Test
    void anUnknownCriticalOptionIsRefused() throws Exception {
        assertDenied(run(certificates.certify(
                certificates.ca(),
                certificates.key("ed25519"),
                "-V",
                "+5m",
                "-O",
                "critical:nobody-knows@example.com=1")));
    }

    @Test
    void theLoginMustBeAPrincipal() throws Exception {
        var key = certificates.certify(certificates.ca(), certificates.key("ed25519"), "-V", "+5m");
        assertDenied(
                instance.sshAs("mallory", key, List.of(), "bash", "echo in").now());
    }

    @Test
    void aSourceAddressIsEnforced() throws Exception {
        var here = certificates.certify(
                certificates.ca(), certificates.key("ed25519"), "-V", "+5m", "-O", "source-address=127.0.0.0/8");
        assertThat(run(here).out()).isEqualTo("in\n");
        var elsewhere = certificates.certify(
                certificates.ca(), certificates.key("ed25519"), "-V", "+5m", "-O", "source-address=203.0.113.0/24");
        assertDenied(run(elsewhere));
    }

    @Test
    void aForcedCommandIsTheOnlyOne() throws Exception {
        var key = certificates.certify(
                certificates.ca(), certificates.key("ed25519"), "-V", "+5m", "-O", "force-command=bash echo forced");
        assertThat(run(key).out()).isEqualTo("forced\n");
        assertThat(instance.sshAs("alice+python", key, List.of(), "print(1)")
                        .now()
                        .status())
                .isEqualTo(253);
    }

    @Test
    @NotCompared("with -tt ssh may leave when it learns that there is no terminal, whatever is on its way")
    void withoutPermitPtyThereIsNoTerminalButCommandsRun() throws Exception {
        var key = certificates.certify(certificates.ca(), certificates.key("ed25519"), "-V", "+5m", "-O", "clear");
        assertThat(run(key).out()).isEqualTo("in\n");
        var ran = instance.sshAs("alice", key, List.of("-tt"), "bash", "test -t 0 && echo terminal || echo none")
                .now();
        assertThat(ran.out() + ran.err()).doesNotContain("terminal\r").contains("PTY allocation request failed");
    }

    @Test
    void theSessionEndsWithItsCertificate() throws Exception {
        var key = certificates.certify(certificates.ca(), certificates.key("ed25519"), "-V", "-1m:+8s");
        var ran = instance.sshAs("alice", key, List.of(), "bash", "echo in; sleep 120")
                .now();
        assertThat(ran.out()).isEqualTo("in\n");
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.err()).contains("expired");
        var recorded = Recorded.newest(instance, "alice@example.com");
        recorded.awaitState("complete");
        assertThat(recorded.show()).contains("Expired");
    }

    private Ran run(Path key) throws Exception {
        return instance.sshAs("alice", key, List.of(), "bash", "echo in").now();
    }

    private static void assertDenied(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isEqualTo(255);
        assertThat(ran.err()).contains("Permission denied (publickey)");
        assertThat(ran.out()).isEmpty();
    }
}
