package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.ChunkStore;
import dev.sallyport.core.recording.FolderChunkStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Chunks in a folder, which can be out of reach for a while.
final class UnreliableChunkStore implements ChunkStore {

    private final FolderChunkStore chunks;
    private volatile boolean down;

    UnreliableChunkStore(Path folder) {
        chunks = new FolderChunkStore(folder);
    }

    void down(boolean isDown) {
        down = isDown;
    }

    @Override
    public void put(TenantId tenant, SessionId session, int number, byte[] chunk) throws IOException {
        reach();
        chunks.put(tenant, session, number, chunk);
    }

    @Override
    public Optional<byte[]> get(TenantId tenant, SessionId session, int number) throws IOException {
        reach();
        return chunks.get(tenant, session, number);
    }

    @Override
    public List<Integer> numbers(TenantId tenant, SessionId session) throws IOException {
        reach();
        return chunks.numbers(tenant, session);
    }

    private void reach() throws IOException {
        if (down) {
            throw new IOException("the object store is out of reach");
        }
    }
}
