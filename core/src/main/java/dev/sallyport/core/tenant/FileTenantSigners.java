package dev.sallyport.core.tenant;

import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Tenant keys as files, one a tenant: `<tenant id>.key` in a folder, readable by its owner only.
///
/// The first line is the private key (base64 of its PKCS #8 form), the second the public key
/// ([TenantKey#text]). A key is made when its tenant is first asked for, and never changed. Safe for many
/// threads; two processes that make the same key at once end up with the same one, because only one of their
/// files comes into being.
public final class FileTenantSigners implements TenantSigners {

    private final Path folder;
    private final Map<TenantId, TenantKey.Signer> signers = new ConcurrentHashMap<>();

    /// Keeps the keys in `folder`, which is made when it is not there.
    public FileTenantSigners(Path folder) {
        this.folder = folder;
    }

    @Override
    public TenantKey.Signer of(TenantId tenant) {
        return signers.computeIfAbsent(tenant, this::load);
    }

    private TenantKey.Signer load(TenantId tenant) {
        var file = folder.resolve(tenant.value() + ".key");
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            var lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            if (lines.size() != 2) {
                throw new IllegalStateException(file + " is not a tenant's key file");
            }
            return TenantKey.Signer.of(privateKey(lines.getFirst()), TenantKey.parse(lines.get(1)));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("could not read or make the tenant key " + file, e);
        }
    }

    private void create(Path file) throws IOException, GeneralSecurityException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var text = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()) + "\n"
                + new TenantKey(pair.getPublic()).text() + "\n";
        var fresh = Files.createTempFile(
                folder,
                "new",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(fresh, text);
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            // Somebody else was first, and theirs counts.
            return;
        } finally {
            Files.delete(fresh);
        }
    }

    private static PrivateKey privateKey(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }
}
