package dev.sallyport.edge.agents;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// What an edge shows agents: a certificate for its names, from a CA of its own whose key the agents pin.
///
/// Kept in a folder (0700, keys 0600) as `ca.crt`, `ca.key`, `edge.crt` and `edge.key`, PEM; ECDSA P-256. The
/// CA lasts 10 years and is made once: a new CA would lock every agent out. The edge's certificate lasts 397
/// days and is made anew when the folder is opened and less than half of that is left, or the names are others.
public final class EdgeIdentity {

    private static final Duration CA_LIFE = Duration.ofDays(3_652);
    private static final Duration LEAF_LIFE = Duration.ofDays(397);
    private static final Duration BACKDATED = Duration.ofHours(1);
    private static final Set<String> ALWAYS = Set.of("localhost", "127.0.0.1", "::1");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final X509Certificate ca;
    private final X509Certificate leaf;
    private final PrivateKey leafKey;

    private EdgeIdentity(X509Certificate ca, X509Certificate leaf, PrivateKey leafKey) {
        this.ca = ca;
        this.leaf = leaf;
        this.leafKey = leafKey;
    }

    /// Opens the folder, and makes what is not there or not fit any more.
    ///
    /// @param names host names and addresses that agents dial, besides those of the machine itself
    public static EdgeIdentity open(Path folder, Set<String> names, Clock clock) throws IOException {
        var all = new TreeSet<>(ALWAYS);
        all.addAll(names);
        try {
            createFolder(folder);
            var now = clock.instant();
            var authority = authority(folder, now);
            var kept = kept(folder, authority.certificate());
            var leaf = kept.isPresent() && stillFit(kept.get().certificate(), all, now)
                    ? kept.get()
                    : newLeaf(folder, authority, all, now);
            return new EdgeIdentity(authority.certificate(), leaf.certificate(), leaf.key());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("could not read or make the edge's certificate in " + folder, e);
        }
    }

    /// What agents pin: SHA-256 of the CA's SubjectPublicKeyInfo.
    public byte[] pin() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(ca.getPublicKey().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// The edge's certificate and its CA's, in the order TLS sends them.
    List<X509Certificate> chain() {
        return List.of(leaf, ca);
    }

    PrivateKey key() {
        return leafKey;
    }

    /// A certificate with its key.
    record Pair(X509Certificate certificate, PrivateKey key) {}

    /// The CA of the folder, made when there is none.
    static Pair authority(Path folder, Instant now)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        var certificateFile = folder.resolve("ca.crt");
        var keyFile = folder.resolve("ca.key");
        if (Files.exists(certificateFile) != Files.exists(keyFile)) {
            throw new IOException("only one of ca.crt and ca.key is in " + folder + "; put the other back, or move both"
                    + " away and give every agent a new key");
        }
        if (Files.exists(certificateFile)) {
            var pair = new Pair(readCertificate(certificateFile), readKey(keyFile));
            if (now.isAfter(pair.certificate().getNotAfter().toInstant())) {
                throw new IOException("the CA in " + certificateFile + " has expired; move ca.crt and ca.key away and"
                        + " give every agent a new key");
            }
            return pair;
        }
        var keys = newKeys();
        var name = new X500Name("CN=Sallyport edge CA " + serial().toString(16).substring(0, 8));
        var builder = builder(name, name, keys, now, CA_LIFE);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        var certificate = sign(builder, keys.getPrivate());
        write(keyFile, "PRIVATE KEY", keys.getPrivate().getEncoded(), "rw-------");
        write(certificateFile, "CERTIFICATE", certificate.getEncoded(), "rw-r--r--");
        return new Pair(certificate, keys.getPrivate());
    }

    private static Pair newLeaf(Path folder, Pair authority, Set<String> names, Instant now)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        var keys = newKeys();
        var issuer =
                new X500Name(authority.certificate().getSubjectX500Principal().getName());
        var builder = builder(issuer, new X500Name("CN=Sallyport edge"), keys, now, LEAF_LIFE);
        var utils = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                utils.createAuthorityKeyIdentifier(authority.certificate().getPublicKey()));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(names.stream().map(EdgeIdentity::generalName).toArray(GeneralName[]::new)));
        var certificate = sign(builder, authority.key());
        write(folder.resolve("edge.key"), "PRIVATE KEY", keys.getPrivate().getEncoded(), "rw-------");
        write(folder.resolve("edge.crt"), "CERTIFICATE", certificate.getEncoded(), "rw-r--r--");
        return new Pair(certificate, keys.getPrivate());
    }

    /// The pair that is there, if it is one: a crash between its two files leaves a key that is not the
    /// certificate's.
    private static Optional<Pair> kept(Path folder, X509Certificate ca) throws IOException {
        var certificateFile = folder.resolve("edge.crt");
        var keyFile = folder.resolve("edge.key");
        if (!Files.exists(certificateFile) || !Files.exists(keyFile)) {
            return Optional.empty();
        }
        try {
            var pair = new Pair(readCertificate(certificateFile), readKey(keyFile));
            pair.certificate().verify(ca.getPublicKey());
            return belongTogether(pair) ? Optional.of(pair) : Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static boolean belongTogether(Pair pair) throws GeneralSecurityException {
        var probe = "probe".getBytes(StandardCharsets.US_ASCII);
        var signer = java.security.Signature.getInstance("SHA256withECDSA");
        signer.initSign(pair.key());
        signer.update(probe);
        var signature = signer.sign();
        signer.initVerify(pair.certificate().getPublicKey());
        signer.update(probe);
        return signer.verify(signature);
    }

    private static boolean stillFit(X509Certificate leaf, Set<String> names, Instant now)
            throws GeneralSecurityException {
        var entries = leaf.getSubjectAlternativeNames();
        if (entries == null) {
            return false;
        }
        var wanted = new TreeSet<String>();
        for (var name : names) {
            wanted.add(generalName(name).toASN1Primitive().toString());
        }
        var there = new TreeSet<String>();
        for (var entry : entries) {
            there.add(generalName((String) entry.get(1)).toASN1Primitive().toString());
        }
        var renewAt = leaf.getNotAfter().toInstant().minus(LEAF_LIFE.dividedBy(2));
        return there.equals(wanted)
                && now.isBefore(renewAt)
                && !now.isBefore(leaf.getNotBefore().toInstant());
    }

    private static GeneralName generalName(String name) {
        boolean address = name.contains(":") || name.matches("[0-9]+(\\.[0-9]+){3}");
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    static X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair keys, Instant now, Duration life)
            throws GeneralSecurityException, IOException {
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                serial(),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(life)),
                subject,
                keys.getPublic());
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
        return builder;
    }

    static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        var holder = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key));
        return certificate(holder.getEncoded());
    }

    private static BigInteger serial() {
        return new BigInteger(159, RANDOM).setBit(158);
    }

    static KeyPair newKeys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new java.io.ByteArrayInputStream(der));
    }

    private static X509Certificate readCertificate(Path file) throws IOException, GeneralSecurityException {
        return certificate(pem(file, "CERTIFICATE"));
    }

    private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pem(file, "PRIVATE KEY")));
    }

    private static byte[] pem(Path file, String kind) throws IOException {
        var lines = new ArrayList<>(Files.readAllLines(file, StandardCharsets.US_ASCII));
        if (lines.size() < 3
                || !lines.removeFirst().equals("-----BEGIN " + kind + "-----")
                || !lines.removeLast().equals("-----END " + kind + "-----")) {
            throw new IOException(file + " is not a PEM file with one " + kind);
        }
        try {
            return Base64.getDecoder().decode(String.join("", lines));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not a PEM file with one " + kind, e);
        }
    }

    private static void write(Path file, String kind, byte[] der, String permissions) throws IOException {
        var text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.writeString(fresh, text, StandardCharsets.US_ASCII);
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }
}
