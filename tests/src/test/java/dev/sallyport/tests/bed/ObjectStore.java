package dev.sallyport.tests.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The object store of an instance, which is a folder, made to fail for everybody: while it is away a file
/// stands in its place, so that nothing can be written or read, not by root either.
public final class ObjectStore implements AutoCloseable {

    private final Path folder;
    private final Path away;

    private ObjectStore(Path folder, Path away) {
        this.folder = folder;
        this.away = away;
    }

    /// From now on it fails, until it is closed.
    public static ObjectStore fails(Instance instance) throws IOException {
        var folder = instance.folder().resolve("recordings");
        var failing = new ObjectStore(folder, folder.resolveSibling("recordings.away"));
        Files.move(folder, failing.away);
        Files.createFile(folder);
        return failing;
    }

    /// It works again.
    @Override
    public void close() throws IOException {
        if (Files.exists(away)) {
            Files.delete(folder);
            Files.move(away, folder);
        }
    }
}
