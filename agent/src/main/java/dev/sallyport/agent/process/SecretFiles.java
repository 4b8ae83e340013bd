package dev.sallyport.agent.process;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Private temporary files with secrets in them: a folder per session, gone with it.
///
/// The folder belongs to the agent, so that the account can read its files but not put others, or links, in
/// their place. Lies in memory where the machine has such a folder.
public final class SecretFiles implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SecretFiles.class);

    private static final Path IN_MEMORY = Path.of("/dev/shm");
    private static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwx--x---");
    private static final Set<PosixFilePermission> BASE = PosixFilePermissions.fromString("rwx--x--x");
    private static final Set<PosixFilePermission> FILE = EnumSet.of(PosixFilePermission.OWNER_READ);

    private final Path base;

    private SecretFiles(Path base) {
        this.base = base;
    }

    /// Where this machine keeps such files; `name` tells this agent's from another's. What a former run left is
    /// deleted.
    public static SecretFiles open(String name) throws IOException {
        var parent = Files.isDirectory(IN_MEMORY) && Files.isWritable(IN_MEMORY)
                ? IN_MEMORY
                : Path.of(System.getProperty("java.io.tmpdir"));
        return at(parent.resolve(name + "-" + Posix.effectiveUser()));
    }

    static SecretFiles at(Path base) throws IOException {
        if (!Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(base, PosixFilePermissions.asFileAttribute(BASE));
        }
        if (!Files.getAttribute(base, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(Posix.effectiveUser())) {
            throw new IOException("the folder for secret files belongs to somebody else: " + base);
        }
        Files.setPosixFilePermissions(base, BASE);
        var files = new SecretFiles(base);
        try (var left = Files.newDirectoryStream(base)) {
            for (var folder : left) {
                new Folder(folder, 0, 0).delete();
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }

    /// Removes the folder, when no session has files in it.
    @Override
    public void close() {
        try {
            Files.deleteIfExists(base);
        } catch (IOException e) {
            LOG.debug("{} is left", base, e);
        }
    }

    Folder make(SessionId session, int uid, int gid) throws IOException {
        var folder = base.resolve(session.value());
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OURS));
        var made = new Folder(folder, uid, gid);
        try {
            Files.setPosixFilePermissions(folder, OURS);
            Posix.changeOwner(folder.toString(), Posix.effectiveUser(), gid);
        } catch (IOException e) {
            made.delete();
            throw e;
        }
        return made;
    }

    /// One session's files.
    record Folder(Path path, int uid, int gid) {

        /// Writes a file that only the account reads; returns its path.
        String write(String name, Secret secret) throws IOException {
            var file = path.resolve(name);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
            secret.<Boolean>reveal(bytes -> {
                try {
                    Files.write(file, bytes);
                    return true;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Files.setPosixFilePermissions(file, FILE);
            Posix.changeOwner(file.toString(), uid, gid);
            return file.toString();
        }

        void delete() {
            try (var files = Files.newDirectoryStream(path)) {
                for (var file : files) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(path);
            } catch (IOException | DirectoryIteratorException e) {
                LOG.error("secret files of {} could not be deleted", path.getFileName(), e);
            }
        }
    }
}
