package dev.sallyport.edge.recorder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Says that a spool folder is in use. The system lets go of it when the process dies, however it dies.
///
/// Opening a locked file a second time in one process, and closing it, would lose the lock (POSIX): so the
/// process remembers what it holds, by the file's inode.
final class SpoolLock implements AutoCloseable {

    /// Name of the lock's file within the folder.
    static final String FILE = "lock";

    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final FileChannel channel;
    private final Object file;

    private SpoolLock(FileChannel channel, Object file) {
        this.channel = channel;
        this.file = file;
    }

    /// Takes the lock of a folder; empty when somebody holds it, or the folder has none to take.
    static Optional<SpoolLock> tryTake(Path folder) throws IOException {
        var path = folder.resolve(FILE);
        Object file;
        try {
            file = Files.getAttribute(path, "unix:fileKey");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        boolean taken = false;
        try {
            var channel = FileChannel.open(path, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    taken = true;
                    return Optional.of(new SpoolLock(channel, file));
                }
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } finally {
            if (!taken) {
                HELD.remove(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
