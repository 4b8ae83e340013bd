package dev.sallyport.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS that trusts the certificates of one file and nothing else: for an API whose certificate no public
/// authority signed.
public final class Trust {

    /// Longest file that is read, in bytes.
    private static final int LONGEST = 1 << 20;

    private Trust() {}

    /// @param file X.509 certificates in PEM (RFC 7468): authorities, or the API's own
    /// @throws IOException when the file cannot be read, or holds no certificate
    public static SSLContext of(Path file) throws IOException {
        byte[] pem;
        try (var in = Files.newInputStream(file)) {
            pem = in.readNBytes(LONGEST);
        }
        try {
            var certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (certificates.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int i = 0;
            for (var certificate : certificates) {
                store.setCertificateEntry("trusted-" + i++, certificate);
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is not a list of certificates in PEM", e);
        }
    }
}
