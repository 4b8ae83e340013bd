package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;

/// What there is to know of a recording that is sealed: its row says so, and the next checkpoint covers it.
///
/// @param state never [RecordingState#LIVE]
public record SealedRecording(TenantId tenant, SessionId session, RecordingPosition position, RecordingState state) {

    public SealedRecording {
        if (state == RecordingState.LIVE) {
            throw new IllegalArgumentException("a sealed recording is not live");
        }
    }
}
