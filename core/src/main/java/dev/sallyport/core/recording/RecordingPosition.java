package dev.sallyport.core.recording;

import dev.sallyport.core.hash.Sha256;

/// How far a recording's stored chunks go.
///
/// @param chunks how many there are
/// @param events events in them: the next one has this number
/// @param bytes bytes of these events
/// @param hash of the last chunk as stored; [Sha256#NONE] before the first
public record RecordingPosition(int chunks, long events, long bytes, Sha256 hash) {

    /// Before the first chunk.
    public static final RecordingPosition START = new RecordingPosition(0, 0, 0, Sha256.NONE);

    public RecordingPosition {
        if (chunks < 0 || events < 0 || bytes < 0) {
            throw new IllegalArgumentException("a recording's position counts from 0");
        }
    }
}
