package dev.sallyport.edge.ssh;

import dev.sallyport.core.certificate.CertificateCheck;
import dev.sallyport.core.certificate.CertificateCheck.Verdict;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.edge.admission.TrustSnapshot;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/// The only authentication of the door: by an OpenSSH user certificate of a CA that a tenant trusts.
///
/// The library verifies the CA's signature on the certificate and the client's signature with the certified
/// key; everything else about the certificate is decided by [CertificateCheck], in memory, without I/O and
/// without waiting: it runs on a thread that all connections share. A plain key, or a certificate used as one,
/// is refused.
final class CertificateAuthentication extends UserAuthPublicKeyFactory implements PublickeyAuthenticator {

    private static final Logger LOG = System.getLogger(CertificateAuthentication.class.getName());

    /// Shortest RSA key that counts, of a user or of a CA, in bits.
    private static final int SHORTEST_RSA = 2_048;

    private static final String RSA_CERTIFICATE = "ssh-rsa-cert-v01@openssh.com";

    /// RSA with SHA-2; with SHA-1 it is not one of them.
    private static final Set<String> RSA_ALGORITHMS =
            Set.of("rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com");

    private final Supplier<TrustSnapshot> trust;
    private final Clock clock;

    CertificateAuthentication(Supplier<TrustSnapshot> trust, Clock clock) {
        this.trust = trust;
        this.clock = clock;
    }

    @Override
    public UserAuthPublicKey createUserAuth(ServerSession session) throws IOException {
        return new Request();
    }

    /// One request for authentication: binds the verdict to the signature that was verified in the same
    /// request.
    private static final class Request extends UserAuthPublicKey {

        @Override
        public @Nullable Boolean doAuth(Buffer buffer, boolean init) throws Exception {
            var client = ClientConnection.of(getServerSession());
            client.forget();
            if (!namesItsKey(buffer)) {
                return false;
            }
            var done = super.doAuth(SecurityKeyCertificate.readable(buffer), init);
            if (Boolean.TRUE.equals(done)) {
                client.finish();
            }
            return done;
        }

        /// Whether the algorithm of the request is one for the kind of certificate that it carries. The library
        /// would take the algorithm of the plain key as well.
        private static boolean namesItsKey(Buffer buffer) {
            int start = buffer.rpos();
            try {
                buffer.getBoolean();
                var algorithm = buffer.getString();
                buffer.getUInt();
                var kind = buffer.getString();
                return algorithm.equals(kind) || (kind.equals(RSA_CERTIFICATE) && RSA_ALGORITHMS.contains(algorithm));
            } finally {
                buffer.rpos(start);
            }
        }

        /// Left to [CertificateCheck], which knows `force-command` and the address behind a load balancer.
        @Override
        protected void verifyCriticalOptions(ServerSession session, OpenSshCertificate certificate) {}
    }

    @Override
    public boolean authenticate(String loginName, PublicKey key, ServerSession session) {
        if (!(key instanceof OpenSshCertificate certificate)) {
            return false;
        }
        try {
            return judge(loginName, certificate, session);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a certificate could not be judged, and was refused", e);
            return false;
        }
    }

    private boolean judge(String loginName, OpenSshCertificate certificate, Session session) {
        var source = ClientConnection.source(session);
        var caKey = certificate.getCaPubKey();
        if (caKey instanceof OpenSshCertificate || certificate.getCertPubKey() instanceof OpenSshCertificate) {
            return rejected(source, "a certificate in the place of a key");
        }
        if (tooShort(caKey) || tooShort(certificate.getCertPubKey())) {
            return rejected(source, "an RSA key shorter than " + SHORTEST_RSA + " bits");
        }
        var trusted = trust.get();
        var ca = trusted.ca(KeyUtils.getFingerPrint(caKey));
        if (ca.isEmpty()) {
            return rejected(source, "signed by no CA that a tenant trusts");
        }
        if (certificate.getCriticalOptions().size()
                != certificate.getCriticalOptionsMap().size()) {
            return rejected(source, "a critical option twice");
        }
        var slug = trusted.slug(ca.get().tenant());
        return switch (CertificateCheck.check(read(certificate), ca.get(), slug, loginName, source, clock.instant())) {
            case Verdict.Accepted accepted -> {
                ClientConnection.of(session).judge(accepted);
                yield true;
            }
            case Verdict.Rejected(var reason) -> rejected(source, reason);
        };
    }

    private static boolean rejected(String source, String reason) {
        LOG.log(Level.INFO, "certificate from {0} refused: {1}", source, reason);
        return false;
    }

    private static boolean tooShort(PublicKey key) {
        return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < SHORTEST_RSA;
    }

    /// What a certificate says, in our words.
    static UserCertificate read(OpenSshCertificate certificate) {
        Map<String, String> options = new LinkedHashMap<>();
        certificate.getCriticalOptionsMap().forEach((name, value) -> options.put(name, value == null ? "" : value));
        return new UserCertificate(
                certificate.getType() == OpenSshCertificate.Type.USER,
                certificate.getSerial(),
                certificate.getId(),
                java.util.List.copyOf(certificate.getPrincipals()),
                instant(certificate.getValidAfter()),
                instant(certificate.getValidBefore()),
                options,
                certificate.getExtensionsMap().keySet(),
                KeyUtils.getFingerPrint(certificate.getCaPubKey()),
                KeyUtils.getFingerPrint(certificate.getCertPubKey()));
    }

    /// Seconds since 1970 as an unsigned number; what lies beyond Java's instants is never.
    private static Instant instant(long seconds) {
        return seconds < 0 || seconds > Instant.MAX.getEpochSecond() ? Instant.MAX : Instant.ofEpochSecond(seconds);
    }
}
