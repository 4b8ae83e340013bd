package dev.sallyport.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Everything that one instance keeps, below one folder (0700): `config.toml`, `cli.json`, `db/`, `spool/`,
/// `recordings/`, `keys/`, `agent/`, `ssh_config`.
///
/// Locked while it is open: a second instance (or a second process of the same part) on the same folder is
/// refused.
public final class InstanceFolder implements AutoCloseable {

    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    private final Path root;
    private final FileLock lock;

    private InstanceFolder(Path root, FileLock lock) {
        this.root = root;
        this.lock = lock;
    }

    /// Opens the folder, creating what is missing.
    ///
    /// @throws CannotStart when another instance holds it, or it cannot be written
    static InstanceFolder open(Path root, String suffix) throws CannotStart {
        var folder = root.toAbsolutePath().normalize();
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            var file = folder.resolve("lock" + suffix);
            var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            var lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new CannotStart("another Sallyport already runs on " + folder
                        + holder(file)
                        + "; stop it with Ctrl-C, or give this one a folder of its own with --folder");
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(
                    Long.toString(ProcessHandle.current().pid())));
            return new InstanceFolder(folder, lock);
        } catch (IOException e) {
            throw new CannotStart("the folder " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static String holder(Path lock) throws IOException {
        var pid = Files.readString(lock).strip();
        return pid.isEmpty() ? "" : " (process " + pid + ")";
    }

    public Path root() {
        return root;
    }

    public Path resolve(String name) {
        return root.resolve(name);
    }

    /// A folder of the instance, created when missing, readable by its owner only.
    public Path folder(String name) {
        var folder = root.resolve(name);
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException("could not create " + folder, e);
        }
        return folder;
    }

    /// Writes a file that only its owner may read, whole or not at all.
    public void writePrivate(Path file, String text) {
        try {
            var temporary = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(temporary);
            Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PRIVATE));
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
