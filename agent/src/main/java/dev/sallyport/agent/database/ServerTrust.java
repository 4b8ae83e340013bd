package dev.sallyport.agent.database;

import dev.sallyport.agent.tls.Authorities;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whom a connection to a database server trusts, and as whom it comes itself.
///
/// @param context with the trusted authorities, and the client's certificate if there is one
/// @param hostName whether the certificate has to be of the host that was dialled
record ServerTrust(SSLContext context, boolean hostName) {

    private static final char[] NO_PASSWORD = new char[0];

    /// Makes it of a connection's settings.
    ///
    /// @param ca certificates (PEM); none: those that this Java trusts
    /// @param certificate the client's own, with its chain (PEM)
    /// @param key its key (PEM, PKCS #8)
    /// @throws GeneralSecurityException when one of them is not what it should be; the message tells which
    static ServerTrust of(DatabaseTls tls, Optional<String> ca, Optional<String> certificate, Optional<Secret> key)
            throws GeneralSecurityException {
        var trust = switch (tls) {
            case DISABLE, PREFER, REQUIRE -> new TrustManager[] {new Anybody()};
            case VERIFY_CA, VERIFY_FULL -> authorities(ca);
        };
        var own = certificate.isPresent() && key.isPresent() ? keys(certificate.get(), key.get()) : new KeyManager[0];
        var context = SSLContext.getInstance("TLS");
        context.init(own, trust, null);
        return new ServerTrust(context, tls == DatabaseTls.VERIFY_FULL);
    }

    /// The parameters of a socket.
    SSLParameters parameters(SSLParameters from) {
        if (hostName) {
            from.setEndpointIdentificationAlgorithm("HTTPS");
        }
        from.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        return from;
    }

    private static TrustManager[] authorities(Optional<String> ca) throws GeneralSecurityException {
        if (ca.isPresent()) {
            return Authorities.trusting(Authorities.read(ca.get()));
        }
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init((KeyStore) null);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(String certificate, Secret key) throws GeneralSecurityException {
        var chain = Authorities.read(certificate);
        var store = empty();
        store.setKeyEntry("own", privateKey(key), NO_PASSWORD, chain.toArray(Certificate[]::new));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, NO_PASSWORD);
        } catch (IOException e) {
            throw new IllegalStateException("an empty key store reads nothing", e);
        }
        return store;
    }

    private static PrivateKey privateKey(Secret key) throws GeneralSecurityException {
        var text = key.revealText();
        var body = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec spec;
        try {
            spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the private key of the database connection is no PEM", e);
        }
        for (var algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // of another kind
            }
        }
        throw new GeneralSecurityException(
                "the private key of the database connection is none of PKCS #8 (EC, RSA, Ed25519) without a password");
    }

    /// Accepts every server: what `prefer` and `require` mean.
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
