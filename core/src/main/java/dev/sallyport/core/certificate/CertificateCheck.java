package dev.sallyport.core.certificate;

import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Decides whether a user certificate counts, here and now, for a login.
///
/// Pure: the certificate's signature was verified before, and the CA comes from what the tenants trust. Who the
/// certificate names, and whether it or they were revoked, is decided later, with the store
/// (`edge.admission`). Every door that takes a certificate asks here, so that none forgets `source-address` or
/// `force-command`.
public final class CertificateCheck {

    /// How far clocks may differ when a certificate enters; at its end there is none.
    public static final Duration LEEWAY = Duration.ofSeconds(30);

    /// Most principals in a certificate that names its user by principal.
    public static final int MOST_PRINCIPALS = 64;

    private static final String FORCE_COMMAND = "force-command";
    private static final String SOURCE_ADDRESS = "source-address";
    private static final Set<String> KNOWN_OPTIONS = Set.of(FORCE_COMMAND, SOURCE_ADDRESS);

    private CertificateCheck() {}

    /// What came of it.
    public sealed interface Verdict {

        /// It counts.
        ///
        /// @param forceCommand the only command that it is good for
        record Accepted(Credential credential, LoginName login, Optional<String> forceCommand) implements Verdict {}

        /// It does not count. The reason is for the operator's log, never for the client.
        record Rejected(String reason) implements Verdict {}
    }

    /// @param slug what the CA's tenant is called; a login that names another is refused
    /// @param loginName the whole login name, as the client sent it
    /// @param source the client's address, as text
    public static Verdict check(
            UserCertificate certificate,
            TrustedCa ca,
            Optional<String> slug,
            String loginName,
            String source,
            Instant now) {
        if (!certificate.userType()) {
            return new Verdict.Rejected("a host certificate does not log in");
        }
        if (!certificate.caFingerprint().equals(ca.fingerprint())) {
            return new Verdict.Rejected("signed by another key than the CA's");
        }
        if (now.isBefore(certificate.validAfter().minus(LEEWAY))) {
            return new Verdict.Rejected("not valid yet");
        }
        if (!now.isBefore(certificate.validBefore())) {
            return new Verdict.Rejected("expired");
        }
        if (!certificate.validAfter().isBefore(certificate.validBefore())) {
            return new Verdict.Rejected("never valid");
        }
        int principals = certificate.principals().size();
        if (ca.from() == CertificateAttribute.PRINCIPAL && (principals == 0 || principals > MOST_PRINCIPALS)) {
            return new Verdict.Rejected("a certificate names its user in 1 to " + MOST_PRINCIPALS + " principals");
        }
        if (ca.from() == CertificateAttribute.KEY_ID && certificate.keyId().isEmpty()) {
            return new Verdict.Rejected("the key id that should name the user is empty");
        }
        for (var option : certificate.criticalOptions().keySet()) {
            if (!KNOWN_OPTIONS.contains(option)) {
                return new Verdict.Rejected("a critical option that is not known here");
            }
        }
        var addresses = certificate.criticalOptions().get(SOURCE_ADDRESS);
        if (addresses != null && !SourceAddresses.parse(addresses).contains(source)) {
            return new Verdict.Rejected("used from an address that it is not for");
        }
        var login = LoginName.parse(loginName, certificate.principals());
        if (login.isEmpty()) {
            return new Verdict.Rejected("not a login name");
        }
        if (principals > 0 && !certificate.principals().contains(login.get().login())) {
            return new Verdict.Rejected("the login is none of its principals");
        }
        if (login.get().tenant().isPresent() && !login.get().tenant().equals(slug)) {
            return new Verdict.Rejected("the login names another tenant than the CA's");
        }
        return new Verdict.Accepted(
                new Credential(certificate, ca, login.get().login(), source),
                login.get(),
                Optional.ofNullable(certificate.criticalOptions().get(FORCE_COMMAND)));
    }
}
