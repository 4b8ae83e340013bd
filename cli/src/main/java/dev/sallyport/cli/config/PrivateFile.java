package dev.sallyport.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Writes files that are for their owner's eyes only, all or nothing: who reads meanwhile sees the old file or
/// the new one. Symbolic links are followed, so that a file kept elsewhere stays there.
public final class PrivateFile {

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNERS_FOLDER = PosixFilePermissions.fromString("rwx------");

    private PrivateFile() {}

    /// Writes with mode 0600, whatever the mode was. Folders that are missing are made, with mode 0700.
    public static void write(Path path, byte[] content) throws IOException {
        write(path, content, OWNER);
    }

    /// As [#write], but what exists keeps its mode.
    public static void change(Path path, byte[] content) throws IOException {
        write(path, content, Files.exists(path) ? Files.getPosixFilePermissions(path) : OWNER);
    }

    private static void write(Path path, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        var real = followed(path.toAbsolutePath());
        var folder = real.resolveSibling("");
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNERS_FOLDER));
        var draft = Files.createTempFile(folder, ".sally", ".tmp", PosixFilePermissions.asFileAttribute(OWNER));
        try {
            Files.write(draft, content);
            Files.setPosixFilePermissions(draft, mode);
            Files.move(draft, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /// What a path leads to, also where the last link leads to nothing yet.
    private static Path followed(Path path) throws IOException {
        var at = path;
        for (int links = 0; Files.isSymbolicLink(at); links++) {
            if (links == 32) {
                throw new IOException("too many symbolic links");
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        return Files.exists(at, LinkOption.NOFOLLOW_LINKS) ? at.toRealPath() : at;
    }
}
