package dev.sallyport.agent.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Authorities that an operator or an admin names, in the place of those that Java trusts.
public final class Authorities {

    private Authorities() {}

    /// The certificates in a text (PEM), at least one.
    ///
    /// @throws CertificateException when there is none
    public static List<Certificate> read(String pem) throws CertificateException {
        var read = List.<Certificate>copyOf(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))));
        if (read.isEmpty()) {
            throw new CertificateException("there is no certificate");
        }
        return read;
    }

    /// Trusts what these sign.
    public static TrustManager[] trusting(List<Certificate> authorities) throws GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException("an empty key store reads nothing", e);
        }
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca-" + i, authorities.get(i));
        }
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    /// TLS with servers whose certificates these sign.
    public static SSLContext context(List<Certificate> authorities) throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, trusting(authorities), null);
        return context;
    }
}
