package dev.sallyport.core.audit;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.recording.RecordingState;

/// What a checkpoint says of one recording: how far it went, and how it stood.
///
/// @param chunks how many chunks were stored
/// @param lastHash of the last of them; [Sha256#NONE] when there was none
public record RecordingMark(SessionId session, int chunks, Sha256 lastHash, RecordingState state) {

    public RecordingMark {
        if (chunks < 0 || (chunks == 0) != lastHash.equals(Sha256.NONE)) {
            throw new IllegalArgumentException("a recording has a last hash when it has chunks, and only then");
        }
    }
}
