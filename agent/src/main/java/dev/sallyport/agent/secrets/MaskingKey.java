package dev.sallyport.agent.secrets;

import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// What hashes and tokens of masked values hang on: 32 random bytes in the agent's folder, in hexadecimal. Nobody else
/// has them: neither control plane nor edge can try values out. Agents that shall mask alike have the same file.
public final class MaskingKey {

    private static final int LENGTH = 32;

    private MaskingKey() {}

    /// Reads the key from the agent's folder, or makes one.
    ///
    /// @throws IOException also when the file is damaged: under a new key nothing would be the same as before
    public static Secret open(Path folder) throws IOException {
        var file = folder.resolve("masking-key");
        if (!Files.exists(file)) {
            var key = new byte[LENGTH];
            new SecureRandom().nextBytes(key);
            var next = folder.resolve("masking-key.next");
            Files.deleteIfExists(next);
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(next, HexFormat.of().formatHex(key) + "\n", StandardCharsets.US_ASCII);
            try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
        var text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!text.matches("[0-9a-f]{" + 2 * LENGTH + "}")) {
            throw new IOException("the agent's masking key is damaged: " + file);
        }
        return Secret.of(HexFormat.of().parseHex(text));
    }
}
