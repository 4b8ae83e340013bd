package dev.sallyport.agent.tail;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The head of a tail's folder: whose it is, and the key of its files, sealed to the agent.
final class TailKeys {

    private static final String HEAD = "head";

    private final Function<Secret, String> sealing;
    private final Function<String, Optional<Secret>> opening;

    TailKeys(Function<Secret, String> sealing, Function<String, Optional<Secret>> opening) {
        this.sealing = sealing;
        this.opening = opening;
    }

    record Head(SessionId session, TenantId tenant, Ticket ticket, SecretKey key) {}

    void write(Path folder, Head head) throws IOException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var secret = new byte[64];
        System.arraycopy(head.key().getEncoded(), 0, secret, 0, 32);
        System.arraycopy(head.ticket().bytes(), 0, secret, 32, 32);
        Files.writeString(
                folder.resolve(HEAD),
                String.join("\n", head.session().value(), head.tenant().value(), sealing.apply(Secret.of(secret)), ""),
                StandardCharsets.US_ASCII);
    }

    Head read(Path folder) throws IOException {
        var lines = Files.readAllLines(folder.resolve(HEAD), StandardCharsets.US_ASCII);
        try {
            if (lines.size() != 3) {
                throw new IllegalArgumentException("three lines are expected");
            }
            try (var secret = opening.apply(lines.get(2))
                    .orElseThrow(() -> new IllegalArgumentException("the key is sealed to another agent"))) {
                var bytes = secret.reveal(byte[]::clone);
                return new Head(
                        new SessionId(lines.get(0)),
                        new TenantId(lines.get(1)),
                        new Ticket(Arrays.copyOfRange(bytes, 32, 64)),
                        new SecretKeySpec(bytes, 0, 32, "AES"));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the tail in " + folder.getFileName() + " cannot be opened", e);
        }
    }

    void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(HEAD));
        Files.deleteIfExists(folder);
    }
}
