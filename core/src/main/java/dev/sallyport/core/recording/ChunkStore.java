package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where the chunks of recordings are kept: an object store (S3), or a folder in standalone.
///
/// A chunk, once put, is never changed: putting other bytes under a number that exists fails.
public interface ChunkStore {

    /// Stores a chunk durably. Putting the same bytes again is no error.
    ///
    /// @throws ChunkConflict when other bytes are there already: they stay
    /// @throws IOException when it is not stored
    void put(TenantId tenant, SessionId session, int number, byte[] chunk) throws IOException;

    /// A chunk's bytes; empty when there is none.
    Optional<byte[]> get(TenantId tenant, SessionId session, int number) throws IOException;

    /// The numbers that are there, ascending.
    List<Integer> numbers(TenantId tenant, SessionId session) throws IOException;

    /// Deletes at most `most` chunks of a recording, the last ones first, as far as the store lets (what is locked
    /// there stays, and is read by nobody once the key is destroyed). Deleting what is not there is no error.
    ///
    /// @return whether none is left
    /// @throws IOException when that is not known, or nothing is deleted here
    default boolean delete(TenantId tenant, SessionId session, int most) throws IOException {
        throw new IOException("chunks are only read here");
    }
}
