package dev.sallyport.edge.agents;

import dev.sallyport.core.id.EdgeId;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.operator.OperatorCreationException;

/// What an edge shows the other edges of its cell: a certificate that names this boot of the edge, for a
/// purpose that no other certificate of the same CA has.
///
/// Made at each start, because an edge's id is new then, and kept in memory only. Whoever has only the
/// certificate that agents see cannot pass for an edge with it, and this one names no host that agents dial.
public final class CellIdentity {

    /// The extended key usage of certificates between edges (an arc of its own, from a UUID).
    static final String PURPOSE = "2.25.288764021339283415098613906127354428915";

    /// How the URI begins that names an edge.
    static final String NAMES = "sallyport:edge:";
    private static final Duration LIFE = Duration.ofDays(397);

    private final X509Certificate ca;
    private final X509Certificate leaf;
    private final PrivateKey key;

    private CellIdentity(X509Certificate ca, X509Certificate leaf, PrivateKey key) {
        this.ca = ca;
        this.leaf = leaf;
        this.key = key;
    }

    /// Makes one for `edge`, by the CA of the folder of [EdgeIdentity].
    public static CellIdentity make(Path folder, EdgeId edge, Clock clock) throws IOException {
        try {
            EdgeIdentity.createFolder(folder);
            return signed(EdgeIdentity.authority(folder, clock.instant()), edge, clock.instant());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("could not make the edge's certificate for its cell in " + folder, e);
        }
    }

    static CellIdentity signed(EdgeIdentity.Pair authority, EdgeId edge, Instant now)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        var keys = EdgeIdentity.newKeys();
        var issuer =
                new X500Name(authority.certificate().getSubjectX500Principal().getName());
        var builder = EdgeIdentity.builder(issuer, new X500Name("CN=Sallyport edge of a cell"), keys, now, LIFE);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth,
            KeyPurposeId.id_kp_clientAuth,
            KeyPurposeId.getInstance(new ASN1ObjectIdentifier(PURPOSE))
        }));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, name(edge))));
        var leaf = EdgeIdentity.sign(builder, authority.key());
        return new CellIdentity(authority.certificate(), leaf, keys.getPrivate());
    }

    X509Certificate certificate() {
        return leaf;
    }

    PrivateKey key() {
        return key;
    }

    X509Certificate authority() {
        return ca;
    }

    /// For the port that other edges dial: who is none of the cell does not get past the handshake.
    SslContext server() throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forServer(key, leaf, ca))
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(CellTrust.ofAny(ca))
                .protocols("TLSv1.3")
                .build();
    }

    /// For dialling `other`, and nobody else.
    SslContext client(EdgeId other) throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forClient())
                .keyManager(key, leaf, ca)
                .trustManager(CellTrust.of(ca, other))
                .protocols("TLSv1.3")
                .build();
    }

    /// The URI by which a certificate names an edge.
    static String name(EdgeId edge) {
        return NAMES + edge.value();
    }
}
