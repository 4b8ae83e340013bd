package dev.sallyport.standalone.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The certificate and private key with which the API speaks TLS, from two files of the operator's.
public final class ApiCertificate {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /// Kinds of general name in a certificate (RFC 5280, section 4.2.1.6).
    private static final int DNS_NAME = 2;

    private static final int IP_ADDRESS = 7;

    private static final char[] NO_PASSWORD = {};

    private final SSLContext context;
    private final String name;

    private ApiCertificate(SSLContext context, String name) {
        this.context = context;
        this.name = name;
    }

    /// @param certificate X.509 in PEM: the API's own first, then those that lead to its authority
    /// @param key its private key, PKCS #8 in PEM (RFC 5958), without a passphrase
    /// @throws IOException when the files cannot be read, or do not belong together
    public static ApiCertificate read(Path certificate, Path key) throws IOException {
        try {
            var chain = List.copyOf(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate))));
            if (chain.isEmpty() || !(chain.getFirst() instanceof X509Certificate own)) {
                throw new IOException(certificate + " holds no certificate");
            }
            var secret = privateKey(key, own.getPublicKey().getAlgorithm());
            if (!belong(own, secret)) {
                throw new IOException(certificate + " and " + key + " do not belong together");
            }
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("api", secret, NO_PASSWORD, chain.toArray(Certificate[]::new));
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, NO_PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            var name = name(own)
                    .orElseThrow(() -> new IOException(certificate
                            + " names no host: it needs a DNS name or an address as subject alternative name"));
            return new ApiCertificate(context, name);
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + " and " + key + " are not a certificate and its key in PEM", e);
        }
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        var pem = PKCS8.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new IOException(file + " is not a PKCS #8 key in PEM without a passphrase; make one with"
                    + "  openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        var der = Base64.getMimeDecoder().decode(pem.group(1));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        var algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> throw new GeneralSecurityException("a key of kind " + key.getAlgorithm());
        };
        var question = new byte[] {1, 2, 3};
        var signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(question);
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(question);
        return verifier.verify(signer.sign());
    }

    private static Optional<String> name(X509Certificate certificate) throws CertificateParsingException {
        return Optional.ofNullable(certificate.getSubjectAlternativeNames()).stream()
                .flatMap(Collection::stream)
                .filter(name -> name.getFirst() instanceof Integer kind && (kind == DNS_NAME || kind == IP_ADDRESS))
                .map(name -> name.get(1).toString())
                .filter(name -> !name.contains("*"))
                .findFirst();
    }

    SSLContext context() {
        return context;
    }

    /// The first host that the certificate names: where clients find the API.
    String name() {
        return name.contains(":") ? "[" + name + "]" : name;
    }
}
