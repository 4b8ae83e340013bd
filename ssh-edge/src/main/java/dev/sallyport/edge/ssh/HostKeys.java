package dev.sallyport.edge.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.HostKeyCertificateProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/// What the door shows to prove that it is itself: host keys, and certificates for them by a host CA of its
/// own.
///
/// The keys lie in a folder, in OpenSSH's formats, readable by their owner only; what is missing is made. The
/// RSA key, which takes seconds to make and which only old clients ask for, is made by [#makeMissing], for a
/// first start to call when the door is open; until then it is not shown. The host CA signs nothing but these
/// keys, and is no user CA. Certificates are made in memory and renewed each day.
public final class HostKeys implements KeyPairProvider, HostKeyCertificateProvider {

    private static final String CA = "ssh_host_ca_key";
    private static final String ED25519 = "ssh_host_ed25519_key";
    private static final String RSA = "ssh_host_rsa_key";
    private static final int RSA_BITS = 3_072;
    private static final Duration VALID = Duration.ofDays(28);
    private static final Duration RENEWED = Duration.ofDays(1);

    private static final AttributeRepository.AttributeKey<Seen> SEEN = new AttributeRepository.AttributeKey<>();

    /// What one connection was shown at its first key exchange.
    private record Seen(List<KeyPair> keys, List<OpenSshCertificate> certificates) {}

    private final KeyPair ca;
    private final Shown shown;
    private final List<String> names;
    private final Clock clock;

    private List<OpenSshCertificate> certificates = List.of();
    private Instant signed = Instant.MIN;

    /// The keys that are there, and where one that is missing goes.
    private static final class Shown {
        private final Optional<Path> missing;
        private volatile List<KeyPair> keys;

        Shown(List<KeyPair> keys, Optional<Path> missing) {
            this.keys = List.copyOf(keys);
            this.missing = missing;
        }

        synchronized void makeMissing() throws IOException {
            if (missing.isPresent() && keys.size() == 1) {
                keys = List.of(keys.getFirst(), key(missing.get(), KeyPairProvider.SSH_RSA, RSA_BITS));
            }
        }
    }

    private HostKeys(KeyPair ca, Shown shown, List<String> names, Clock clock) {
        this.ca = ca;
        this.shown = shown;
        this.names = List.copyOf(names);
        this.clock = clock;
    }

    /// The keys of a folder; those that are missing are made first, except an RSA key, see [#makeMissing].
    ///
    /// @param names the host names and addresses that the certificates are for, at least one; see [HostNames]
    /// @throws IOException when a key cannot be read, written or used
    public static HostKeys in(Path folder, List<String> names, Clock clock) throws IOException {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a host certificate without names would be good for every host");
        }
        Files.createDirectories(folder);
        var shown = new Shown(
                List.of(key(folder.resolve(ED25519), KeyPairProvider.SSH_ED25519, 256)),
                Optional.of(folder.resolve(RSA)));
        if (Files.exists(folder.resolve(RSA))) {
            shown.makeMissing();
        }
        return new HostKeys(key(folder.resolve(CA), KeyPairProvider.SSH_ED25519, 256), shown, names, clock);
    }

    /// Makes the RSA key unless it is there, and shows it to clients that connect from now on. Takes seconds.
    ///
    /// @throws IOException when it cannot be written
    public void makeMissing() throws IOException {
        shown.makeMissing();
    }

    /// The same host CA with a host key of the operator's own in place of the made ones.
    public HostKeys with(Path hostKey) throws IOException {
        var key = read(hostKey);
        if (key.getPublic() instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < RSA_BITS) {
            throw new IOException("a host key of type RSA has at least " + RSA_BITS + " bits");
        }
        return new HostKeys(ca, new Shown(List.of(key), Optional.empty()), names, clock);
    }

    /// The same keys with certificates for other names.
    public HostKeys named(List<String> others) {
        return new HostKeys(ca, shown, others, clock);
    }

    /// The host CA's public key as one line, for a `@cert-authority` line of a known_hosts file.
    public String certificateAuthority() {
        return PublicKeyEntry.toString(ca.getPublic());
    }

    /// The public host keys, one line each.
    public List<String> publicKeys() {
        return shown.keys.stream()
                .map(key -> PublicKeyEntry.toString(key.getPublic()))
                .toList();
    }

    @Override
    public Iterable<KeyPair> loadKeys(@Nullable SessionContext session) {
        return seenBy(session).map(Seen::keys).orElse(shown.keys);
    }

    /// The certificates that a connection began with are its certificates to the end: a client takes another one
    /// at a new key exchange for another host, and leaves.
    @Override
    public Iterable<OpenSshCertificate> loadCertificates(@Nullable SessionContext session)
            throws IOException, GeneralSecurityException {
        var before = seenBy(session);
        if (before.isPresent()) {
            return before.get().certificates();
        }
        Seen now;
        synchronized (this) {
            now = new Seen(shown.keys, certificates());
        }
        if (session != null) {
            session.setAttribute(SEEN, now);
        }
        return now.certificates();
    }

    private static Optional<Seen> seenBy(@Nullable SessionContext session) {
        return Optional.ofNullable(session).map(connection -> connection.getAttribute(SEEN));
    }

    private List<OpenSshCertificate> certificates() throws GeneralSecurityException {
        var now = clock.instant();
        var keys = shown.keys;
        if (signed.isBefore(now.minus(RENEWED)) || signed.isAfter(now) || certificates.size() < keys.size()) {
            var renewed = new ArrayList<OpenSshCertificate>();
            for (var key : keys) {
                renewed.add(sign(key, now));
            }
            certificates = List.copyOf(renewed);
            signed = now;
        }
        return certificates;
    }

    private OpenSshCertificate sign(KeyPair key, Instant now) throws GeneralSecurityException {
        try {
            return OpenSshCertificateBuilder.hostCertificate()
                    .publicKey(key.getPublic())
                    .serial(now.getEpochSecond())
                    .id("sallyport edge")
                    .principals(names)
                    .validAfter(now.minus(Duration.ofHours(1)))
                    .validBefore(now.plus(VALID))
                    .sign(ca);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new GeneralSecurityException("could not sign a host certificate", e);
        }
    }

    private static KeyPair key(Path file, String type, int bits) throws IOException {
        if (Files.exists(file)) {
            return read(file);
        }
        try {
            var key = KeyUtils.generateKeyPair(type, bits);
            var text = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "sallyport", null, text);
            var draft = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    file.getFileName().toString(),
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(draft, text.toByteArray());
            Files.writeString(
                    file.resolveSibling(file.getFileName() + ".pub"),
                    PublicKeyEntry.toString(key.getPublic()) + " sallyport\n",
                    StandardCharsets.US_ASCII);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IOException("could not make the host key " + file, e);
        }
    }

    private static KeyPair read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var found = SecurityUtils.loadKeyPairIdentities(null, () -> file.toString(), in, null);
            if (found == null || !found.iterator().hasNext()) {
                throw new IOException("no private key in " + file);
            }
            return found.iterator().next();
        } catch (GeneralSecurityException e) {
            throw new IOException("could not read the host key " + file, e);
        }
    }
}
