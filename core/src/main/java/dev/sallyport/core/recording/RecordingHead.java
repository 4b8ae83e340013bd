package dev.sallyport.core.recording;

import dev.sallyport.core.id.ConnectionId;

/// What stands once, in the first chunk of a recording.
///
/// @param start microseconds since 1970
public record RecordingHead(ConnectionId connection, RecordingLevel level, long start) {

    public RecordingHead {
        if (start < 0) {
            throw new IllegalArgumentException("a recording starts after 1970");
        }
    }
}
