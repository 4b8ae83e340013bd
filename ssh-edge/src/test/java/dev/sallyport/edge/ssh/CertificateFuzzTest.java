package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.certificate.CertificateCheck;
import dev.sallyport.core.certificate.CertificateCheck.Verdict;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Tag;

/// Whatever a client hands over as its certificate, as it is read before anything about it is known (attack
/// classes 3, 4 and 20). Its signature is not looked at here, so that a check that lets too much through shows.
@Tag("fuzz")
class CertificateFuzzTest {

    private static final TenantId TENANT = new TenantId("ten_" + "0".repeat(26));
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    /// The login name in a line, then the certificate.
    @FuzzTest
    void aCertificateIsReadOrRefusedAndNeverSaysTooMuch(byte[] bytes) {
        int line = 0;
        while (line < bytes.length && bytes[line] != '\n') {
            line++;
        }
        var login = new String(bytes, 0, line, StandardCharsets.UTF_8);
        int from = Math.min(bytes.length, line + 1);
        PublicKey key;
        try {
            key = SecurityKeyCertificate.readable(new ByteArrayBuffer(bytes, from, bytes.length - from))
                    .getRawPublicKey();
        } catch (IOException | BufferException | IllegalArgumentException | IllegalStateException refused) {
            return;
        }
        if (key instanceof OpenSshCertificate certificate) {
            check(CertificateAuthentication.read(certificate), login);
        }
    }

    private static void check(UserCertificate certificate, String login) {
        for (var from : TrustedCa.CertificateAttribute.values()) {
            var ca = new TrustedCa(
                    TENANT, certificate.caFingerprint(), "ssh-ed25519 AAAA", from, TrustedCa.UserAttribute.EMAIL);
            if (!(CertificateCheck.check(certificate, ca, Optional.of("acme"), login, "203.0.113.7", NOW)
                    instanceof Verdict.Accepted accepted)) {
                continue;
            }
            assertThat(certificate.userType()).isTrue();
            assertThat(NOW.plus(CertificateCheck.LEEWAY)).isAfterOrEqualTo(certificate.validAfter());
            assertThat(NOW).isBefore(certificate.validBefore());
            assertThat(Set.of("force-command", "source-address"))
                    .containsAll(certificate.criticalOptions().keySet());
            var names = switch (from) {
                case PRINCIPAL -> certificate.principals();
                case KEY_ID -> java.util.List.of(certificate.keyId());
            };
            assertThat(names).isNotEmpty().hasSizeLessThanOrEqualTo(CertificateCheck.MOST_PRINCIPALS);
            if (!certificate.principals().isEmpty()) {
                assertThat(certificate.principals()).contains(accepted.login().login());
            }
            assertThat(accepted.login().login().chars().noneMatch(Character::isISOControl))
                    .isTrue();
            assertThat(accepted.forceCommand())
                    .isEqualTo(Optional.ofNullable(certificate.criticalOptions().get("force-command")));
        }
    }
}
