package dev.sallyport.agent.secrets;

import dev.sallyport.core.secret.Sealing;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/// The agent's own X25519 key pair, to which secrets are sealed. Made once; never leaves the state folder.
public final class SealingKey {

    private final KeyPair pair;

    private SealingKey(KeyPair pair) {
        this.pair = pair;
    }

    /// Reads the key pair from the agent's folder, or makes one.
    ///
    /// @throws IOException also when the file is damaged: a new key would open none of the sealed secrets
    public static SealingKey open(Path folder) throws IOException {
        var file = folder.resolve("sealing-key");
        if (!Files.exists(file)) {
            var made = Sealing.newKey();
            var next = folder.resolve("sealing-key.next");
            Files.deleteIfExists(next);
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    next,
                    Base64.getEncoder().encodeToString(made.getPrivate().getEncoded()) + "\n"
                            + Sealing.text(made.getPublic()) + "\n",
                    StandardCharsets.US_ASCII);
            try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
        var lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
        try {
            if (lines.size() != 2) {
                throw new IllegalArgumentException("two lines are expected");
            }
            var own = KeyFactory.getInstance("X25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.getFirst())));
            return new SealingKey(new KeyPair(Sealing.parse(lines.get(1)), own));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the agent's sealing key is damaged: " + file, e);
        }
    }

    /// The public half, as text.
    public String text() {
        return Sealing.text(pair.getPublic());
    }

    /// Seals to it: for what the agent keeps for itself.
    public String seal(Secret secret) {
        return Sealing.seal(secret, pair.getPublic());
    }

    /// Opens what was sealed to it.
    public Optional<Secret> open(String sealed) {
        return Sealing.open(sealed, pair);
    }
}
