package dev.sallyport.agent.database;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// The channel binding `tls-server-end-point` (RFC 5929, section 4.1): the hash of the server's certificate by the
/// hash of its signature, SHA-256 in the place of MD5 and SHA-1.
final class EndPoint {

    private static final Pattern WITH = Pattern.compile("(MD5|SHA-?[0-9/]+)with.*", Pattern.CASE_INSENSITIVE);

    private EndPoint() {}

    /// Empty when the signature has no hash of its own (Ed25519), or one that this Java does not know.
    static Optional<byte[]> of(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? hash(certificate)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    static Optional<byte[]> hash(X509Certificate certificate) {
        try {
            var name = certificate.getSigAlgName();
            String hash;
            if (name.equalsIgnoreCase("RSASSA-PSS")) {
                var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
                parameters.init(certificate.getSigAlgParams());
                hash = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
            } else {
                var matched = WITH.matcher(name);
                if (!matched.matches()) {
                    return Optional.empty();
                }
                hash = matched.group(1);
            }
            var plain = hash.toUpperCase(Locale.ROOT).replace("-", "");
            var used = plain.equals("MD5") || plain.equals("SHA1") ? "SHA-256" : plain.replaceFirst("^SHA", "SHA-");
            return Optional.of(MessageDigest.getInstance(used).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException | java.io.IOException e) {
            return Optional.empty();
        }
    }
}
