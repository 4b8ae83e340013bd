package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// What the store keeps of a recording; its chunks are in the [ChunkStore].
///
/// @param wrappedDataKey under the tenant's key, see [DataKeys]; empty once it is destroyed
/// @param chunks number of chunks that are stored
/// @param lastHash SHA-256 of the last stored chunk; empty when there is none
/// @param deletion that it was deleted; everything else but the key stays as it was
public record RecordingRow(
        TenantId tenant,
        SessionId session,
        byte[] wrappedDataKey,
        RecordingLevel level,
        RecordingState state,
        int chunks,
        byte[] lastHash,
        long version,
        Optional<Deletion> deletion) {

    /// The row of a recording that is there.
    public RecordingRow(
            TenantId tenant,
            SessionId session,
            byte[] wrappedDataKey,
            RecordingLevel level,
            RecordingState state,
            int chunks,
            byte[] lastHash,
            long version) {
        this(tenant, session, wrappedDataKey, level, state, chunks, lastHash, version, Optional.empty());
    }

    /// The same row in another state.
    public RecordingRow as(RecordingState other) {
        return new RecordingRow(tenant, session, wrappedDataKey, level, other, chunks, lastHash, version, deletion);
    }

    /// The same row without its data key.
    public RecordingRow deleted(Deletion by) {
        return new RecordingRow(tenant, session, new byte[0], level, state, chunks, lastHash, version, Optional.of(by));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordingRow that
                && tenant.equals(that.tenant)
                && session.equals(that.session)
                && Arrays.equals(wrappedDataKey, that.wrappedDataKey)
                && level == that.level
                && state == that.state
                && chunks == that.chunks
                && Arrays.equals(lastHash, that.lastHash)
                && version == that.version
                && deletion.equals(that.deletion);
    }

    @Override
    public int hashCode() {
        return session.hashCode();
    }

    @Override
    public String toString() {
        return "RecordingRow(" + session + " " + state + ", " + chunks + " chunks, last "
                + HexFormat.of().formatHex(lastHash) + (deletion.isPresent() ? ", deleted)" : ")");
    }
}
