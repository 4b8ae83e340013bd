package dev.sallyport.core.recording;

import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The keys of recordings under a master key in a file: standalone's stand-in for KMS.
///
/// Each tenant's key comes from the master key by HKDF (RFC 5869) with the tenant's id; a data key is wrapped
/// by AES key wrap (RFC 3394), which no other tenant's key undoes.
public final class FileDataKeys implements DataKeys {

    private static final int LENGTH = 32;
    private static final String WRAP = "AESWrap";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKey master;

    private FileDataKeys(byte[] master) {
        this.master = new SecretKeySpec(master, "HKDF");
    }

    /// Reads the master key from a file of 32 bytes.
    ///
    /// @throws IOException when it cannot be read or is no such file
    public static FileDataKeys read(Path file) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LENGTH + 1);
        }
        if (bytes.length != LENGTH) {
            throw new IOException("the file of the recordings' master key does not have " + LENGTH + " bytes");
        }
        return new FileDataKeys(bytes);
    }

    /// Like [#read], after making the file (for its owner only) when there is none.
    public static FileDataKeys readOrCreate(Path file) throws IOException {
        if (Files.notExists(file)) {
            var bytes = new byte[LENGTH];
            RANDOM.nextBytes(bytes);
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var folder = file.toAbsolutePath().getParent();
            var beside = Files.createTempFile(folder, ".master", ".new", ownerOnly);
            try {
                Files.write(beside, bytes);
                Files.createLink(file, beside);
            } catch (FileAlreadyExistsException e) {
                // another process was faster: its key holds
            } finally {
                Files.deleteIfExists(beside);
            }
        }
        return read(file);
    }

    @Override
    public DataKey next(TenantId tenant) {
        var key = new byte[LENGTH];
        RANDOM.nextBytes(key);
        try {
            var cipher = Cipher.getInstance(WRAP);
            cipher.init(Cipher.WRAP_MODE, of(tenant));
            return new DataKey(Secret.of(key), cipher.wrap(new SecretKeySpec(key, "AES")));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not wrap a data key", e);
        }
    }

    @Override
    public Secret unwrap(TenantId tenant, byte[] wrapped) {
        try {
            var cipher = Cipher.getInstance(WRAP);
            cipher.init(Cipher.UNWRAP_MODE, of(tenant));
            Key key = cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
            return Secret.of(key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the recording's key was not wrapped by this tenant's key", e);
        }
    }

    private SecretKey of(TenantId tenant) throws GeneralSecurityException {
        var info = ("sallyport recording keys v1\0" + tenant.value()).getBytes(StandardCharsets.UTF_8);
        var parameters = HKDFParameterSpec.ofExtract().addIKM(master).thenExpand(info, LENGTH);
        return KDF.getInstance("HKDF-SHA256").deriveKey("AES", parameters);
    }
}
