package dev.sallyport.core.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.certificate.CertificateCheck.Verdict;
import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.TenantId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificateCheckTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final TrustedCa BY_PRINCIPAL = ca(CertificateAttribute.PRINCIPAL);
    private static final TrustedCa BY_KEY_ID = ca(CertificateAttribute.KEY_ID);
    private static final String HOME = "192.0.2.7";

    private UserCertificate certificate = new UserCertificate(
            true,
            1,
            "alice@example",
            List.of("alice", "usr_1"),
            NOW.minusSeconds(60),
            NOW.plusSeconds(3600),
            Map.of(),
            Set.of(),
            "SHA256:ca",
            "SHA256:key");

    @Test
    void aGoodCertificateIsAcceptedForOneOfItsPrincipals() {
        var accepted = accepted(BY_PRINCIPAL, "alice", HOME);
        assertThat(accepted.credential().login()).isEqualTo("alice");
        assertThat(accepted.login().connection()).isEmpty();
        assertThat(accepted.forceCommand()).isEmpty();
        assertThat(accepted(BY_PRINCIPAL, "usr_1+prod=acme", HOME).login())
                .isEqualTo(new LoginName("usr_1", Optional.of(new ConnectionName("prod")), Optional.of("acme")));
    }

    @Test
    void aLoginThatIsNoPrincipalIsRejected() {
        assertRejected(BY_PRINCIPAL, "bob", HOME);
        assertRejected(BY_PRINCIPAL, "Alice", HOME);
        assertRejected(BY_PRINCIPAL, "alice ", HOME);
        assertRejected(BY_PRINCIPAL, "аlice", HOME);
        assertRejected(BY_KEY_ID, "bob", HOME);
        assertRejected(BY_PRINCIPAL, "", HOME);
    }

    @Test
    void aLoginThatNamesAnotherTenantThanTheCasIsRejected() {
        assertThat(accepted(BY_PRINCIPAL, "alice=acme", HOME).login().tenant()).contains("acme");
        assertRejected(BY_PRINCIPAL, "alice=other", HOME);
        assertRejected(BY_PRINCIPAL, "alice+prod=other", HOME);
        assertThat(CertificateCheck.check(certificate, BY_PRINCIPAL, Optional.empty(), "alice=acme", HOME, NOW))
                .isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void aHostCertificateIsRejected() {
        certificate = with(false, certificate.principals(), certificate.criticalOptions());
        assertRejected(BY_PRINCIPAL, "alice", HOME);
    }

    @Test
    void noneOrTooManyPrincipalsAreRejectedWhereTheyNameTheUser() {
        certificate = with(true, List.of(), Map.of());
        assertRejected(BY_PRINCIPAL, "alice", HOME);
        assertThat(accepted(BY_KEY_ID, "whoever", HOME).credential().login()).isEqualTo("whoever");
        certificate = with(true, Collections.nCopies(64, "alice"), Map.of());
        accepted(BY_PRINCIPAL, "alice", HOME);
        certificate = with(true, Collections.nCopies(65, "alice"), Map.of());
        assertRejected(BY_PRINCIPAL, "alice", HOME);
    }

    @Test
    void theTimesAreKeptWithLeewayAtTheStartOnly() {
        valid(NOW.plusSeconds(30), NOW.plusSeconds(90));
        accepted(BY_PRINCIPAL, "alice", HOME);
        valid(NOW.plusSeconds(31), NOW.plusSeconds(90));
        assertRejected(BY_PRINCIPAL, "alice", HOME);
        valid(NOW.minusSeconds(90), NOW.plusNanos(1));
        accepted(BY_PRINCIPAL, "alice", HOME);
        valid(NOW.minusSeconds(90), NOW);
        assertRejected(BY_PRINCIPAL, "alice", HOME);
        valid(NOW.plusSeconds(20), NOW.plusSeconds(20));
        assertRejected(BY_PRINCIPAL, "alice", HOME);
        valid(Instant.EPOCH, Instant.MAX);
        accepted(BY_PRINCIPAL, "alice", HOME);
    }

    @Test
    void anUnknownCriticalOptionIsRejected() {
        certificate = with(true, certificate.principals(), Map.of("verify-required", ""));
        assertRejected(BY_PRINCIPAL, "alice", HOME);
        certificate = with(true, certificate.principals(), Map.of("force-command", "bash", "x@y", "1"));
        assertRejected(BY_PRINCIPAL, "alice", HOME);
    }

    @Test
    void theForcedCommandIsHandedOn() {
        certificate = with(true, certificate.principals(), Map.of("force-command", "bash uptime"));
        assertThat(accepted(BY_PRINCIPAL, "alice", HOME).forceCommand()).contains("bash uptime");
    }

    @Test
    void theSourceAddressMustFit() {
        certificate = with(true, certificate.principals(), Map.of("source-address", "10.0.0.0/8, 192.0.2.0/29"));
        accepted(BY_PRINCIPAL, "alice", HOME);
        accepted(BY_PRINCIPAL, "alice", "::ffff:192.0.2.1");
        assertRejected(BY_PRINCIPAL, "alice", "192.0.2.8");
        assertRejected(BY_PRINCIPAL, "alice", "2001:db8::1");
        certificate = with(true, certificate.principals(), Map.of("source-address", "2001:db8::/33"));
        accepted(BY_PRINCIPAL, "alice", "2001:db8:7fff::1");
        assertRejected(BY_PRINCIPAL, "alice", "2001:db8:8000::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "0.0.0.0/33", "0.0.0.0/0,x", "localhost", "10.0.0.0/-1", "10.0.0.0/", "/8", "1/0"})
    void aListOfAddressesThatCannotBeReadAdmitsNobody(String list) {
        certificate = with(true, certificate.principals(), Map.of("source-address", list));
        assertRejected(BY_PRINCIPAL, "alice", HOME);
        assertRejected(BY_PRINCIPAL, "alice", "127.0.0.1");
    }

    @Test
    void aSignatureByAnotherKeyThanTheCasIsRejected() {
        var other = new TrustedCa(
                BY_PRINCIPAL.tenant(),
                "SHA256:other",
                "ssh-ed25519 AAAA",
                CertificateAttribute.PRINCIPAL,
                UserAttribute.EMAIL);
        assertRejected(other, "alice", HOME);
    }

    private static TrustedCa ca(CertificateAttribute from) {
        return new TrustedCa(
                new TenantId("ten_01hf0000000000000000000000"),
                "SHA256:ca",
                "ssh-ed25519 AAAA",
                from,
                UserAttribute.EMAIL);
    }

    private UserCertificate with(boolean user, List<String> principals, Map<String, String> options) {
        return new UserCertificate(
                user,
                1,
                "alice@example",
                principals,
                certificate.validAfter(),
                certificate.validBefore(),
                options,
                Set.of(),
                "SHA256:ca",
                "SHA256:key");
    }

    private void valid(Instant after, Instant before) {
        certificate = new UserCertificate(
                true,
                1,
                "alice@example",
                List.of("alice"),
                after,
                before,
                Map.of(),
                Set.of(),
                "SHA256:ca",
                "SHA256:key");
    }

    private Verdict.Accepted accepted(TrustedCa ca, String login, String source) {
        var verdict = CertificateCheck.check(certificate, ca, Optional.of("acme"), login, source, NOW);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return (Verdict.Accepted) verdict;
    }

    private void assertRejected(TrustedCa ca, String login, String source) {
        assertThat(CertificateCheck.check(certificate, ca, Optional.of("acme"), login, source, NOW))
                .isInstanceOf(Verdict.Rejected.class);
    }
}
