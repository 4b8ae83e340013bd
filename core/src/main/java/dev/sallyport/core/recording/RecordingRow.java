package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.util.Arrays;
import java.util.HexFormat;

/// What the store keeps of a recording; its chunks are in the [ChunkStore].
///
/// @param wrappedDataKey under the tenant's key, see [DataKeys]
/// @param chunks number of chunks that are stored
/// @param lastHash SHA-256 of the last stored chunk; empty when there is none
public record RecordingRow(
        TenantId tenant,
        SessionId session,
        byte[] wrappedDataKey,
        RecordingLevel level,
        RecordingState state,
        int chunks,
        byte[] lastHash,
        long version) {

    /// The same row in another state.
    public RecordingRow as(RecordingState other) {
        return new RecordingRow(tenant, session, wrappedDataKey, level, other, chunks, lastHash, version);
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
                && version == that.version;
    }

    @Override
    public int hashCode() {
        return session.hashCode();
    }

    @Override
    public String toString() {
        return "RecordingRow(" + session + " " + state + ", " + chunks + " chunks, last "
                + HexFormat.of().formatHex(lastHash) + ")";
    }
}
