package dev.sallyport.store.https;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/// The authorities whose certificates prove that a server is AWS.
public enum Authorities {

    /// The roots of Amazon Trust Services: Amazon Root CA 1 to 4, and Starfield Services Root Certificate
    /// Authority - G2.
    ///
    /// `amazon-roots.pem` has them as the JDK has them (`AuthoritiesTest` holds it to that). To read five is a good
    /// deal quicker than to read all that the JDK trusts, and whoever holds another authority cannot pass for AWS.
    AMAZON,

    /// All that the JDK trusts: for endpoints that have certificates of somebody else.
    JDK;

    /// A client for the SDK's calls that believes these and nobody else.
    public UrlConnectionHttpClient.Builder client() {
        var client = UrlConnectionHttpClient.builder();
        return switch (this) {
            case AMAZON -> client.tlsTrustManagersProvider(Amazon.MANAGERS::clone);
            case JDK -> client;
        };
    }

    /// Read once, when a client is made.
    private static final class Amazon {

        private static final TrustManager[] MANAGERS = managers();

        private static TrustManager[] managers() {
            try (var in = Authorities.class.getResourceAsStream("amazon-roots.pem")) {
                if (in == null) {
                    throw new IllegalStateException("this program is not whole: amazon-roots.pem is missing");
                }
                var store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                int number = 0;
                for (var root : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    store.setCertificateEntry("amazon" + ++number, root);
                }
                var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(store);
                return factory.getTrustManagers();
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("Amazon's roots cannot be read", e);
            }
        }
    }
}
