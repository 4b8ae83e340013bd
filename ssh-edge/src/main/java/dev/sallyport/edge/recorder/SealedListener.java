package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.SealedRecording;

/// Learns of every recording that was sealed and is stored whole, to write it into the recording's row.
public interface SealedListener {

    /// Called from a virtual thread, never holding a lock; may block. May come twice for the same recording:
    /// also after a crash, until the call has returned once. When it throws, it is called again later.
    void sealed(SealedRecording recording) throws Exception;

    /// Whether somebody deleted the recording: nothing is added to it any more.
    default boolean deleted(TenantId tenant, SessionId session) throws Exception {
        return false;
    }
}
