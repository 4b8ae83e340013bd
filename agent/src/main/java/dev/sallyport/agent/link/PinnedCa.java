package dev.sallyport.agent.link;

import dev.sallyport.core.agent.AgentKey;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts an edge whose certificate comes from the one CA that the agent's key pins, and names the host that
/// was dialled.
///
/// The CA comes with the edge's chain and counts by its key alone; nothing that the machine trusts otherwise
/// plays a part.
final class PinnedCa extends X509ExtendedTrustManager {

    private static final int LONGEST_CHAIN = 4;

    private final AgentKey key;

    PinnedCa(AgentKey key) {
        this.key = key;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trusting(pinned(chain, engine.getSSLParameters())).checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        if (!(socket instanceof SSLSocket tls)) {
            throw new CertificateException("an edge is only trusted by TLS");
        }
        trusting(pinned(chain, tls.getSSLParameters())).checkServerTrusted(chain, authType, socket);
    }

    /// The pinned CA of a chain, when the name of the host will be checked, too.
    private X509Certificate pinned(X509Certificate[] chain, SSLParameters parameters) throws CertificateException {
        if (chain.length < 2 || chain.length > LONGEST_CHAIN) {
            throw new CertificateException("the edge did not show the CA that this agent's key pins");
        }
        X509Certificate pinned = null;
        for (int i = 1; i < chain.length; i++) {
            if (key.pins(chain[i].getPublicKey().getEncoded())) {
                pinned = chain[i];
            }
        }
        if (pinned == null) {
            throw new CertificateException("the edge's certificate is not from the CA that this agent's key pins;"
                    + " either this is not the edge, or it has a new CA and the agent needs a new key");
        }
        if (!"HTTPS".equals(parameters.getEndpointIdentificationAlgorithm())) {
            throw new CertificateException("the edge's name would not be checked");
        }
        return pinned;
    }

    private static X509ExtendedTrustManager trusting(X509Certificate ca) throws CertificateException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("edge", ca);
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new CertificateException("this Java has no PKIX trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new CertificateException("the edge's certificate could not be checked", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("an edge is only trusted by name");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("an agent has no clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("an agent has no clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("an agent has no clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
