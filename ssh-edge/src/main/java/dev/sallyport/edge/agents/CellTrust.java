package dev.sallyport.edge.agents;

import dev.sallyport.core.id.EdgeId;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts the edges of one cell: who shows a certificate of the cell's CA that is for this purpose and names an
/// edge; who dials may want one edge only.
///
/// Names of hosts play no part: an edge is dialled at the address that it registered, and known by its id.
final class CellTrust extends X509ExtendedTrustManager {

    private static final int URI = 6;

    private final X509Certificate ca;
    private final X509ExtendedTrustManager paths;
    private final Optional<EdgeId> wanted;

    private CellTrust(X509Certificate ca, Optional<EdgeId> wanted) throws IOException {
        this.ca = ca;
        this.wanted = wanted;
        this.paths = paths(ca);
    }

    static CellTrust ofAny(X509Certificate ca) throws IOException {
        return new CellTrust(ca, Optional.empty());
    }

    static CellTrust of(X509Certificate ca, EdgeId edge) throws IOException {
        return new CellTrust(ca, Optional.of(edge));
    }

    private static X509ExtendedTrustManager paths(X509Certificate ca) throws IOException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("cell", ca);
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IOException("this Java has no PKIX trust manager");
        } catch (GeneralSecurityException e) {
            throw new IOException("the cell's CA cannot be used", e);
        }
    }

    /// The edge that a certificate names.
    ///
    /// @throws CertificateException when it names none, or more than one, or is for another purpose
    static EdgeId edge(X509Certificate certificate) throws CertificateException {
        var purposes = certificate.getExtendedKeyUsage();
        if (purposes == null || !purposes.contains(CellIdentity.PURPOSE)) {
            throw new CertificateException("a certificate that is not for edges of a cell");
        }
        var names = certificate.getSubjectAlternativeNames();
        if (names != null && names.size() == 1) {
            var name = names.iterator().next();
            if (name.getFirst().equals(URI)
                    && name.getLast() instanceof String uri
                    && uri.startsWith(CellIdentity.NAMES)) {
                try {
                    return new EdgeId(uri.substring(CellIdentity.NAMES.length()));
                } catch (IllegalArgumentException e) {
                    throw new CertificateParsingException("a certificate that names no edge", e);
                }
            }
        }
        throw new CertificateException("a certificate that names no edge");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        paths.checkClientTrusted(chain, authType);
        check(edge(chain[0]));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        paths.checkServerTrusted(chain, authType);
        check(edge(chain[0]));
    }

    private void check(EdgeId shown) throws CertificateException {
        if (wanted.isPresent() && !wanted.get().equals(shown)) {
            throw new CertificateException("edge " + shown + " answers where " + wanted.get() + " was");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("an edge is only trusted on a connection");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("an edge is only trusted on a connection");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("an edge is only trusted on a connection");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("an edge is only trusted on a connection");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[] {ca};
    }
}
