package dev.sallyport.core.recording;

import java.io.IOException;

/// Other bytes are stored under a chunk's number already: someone else has continued the recording.
public final class ChunkConflict extends IOException {

    private static final long serialVersionUID = 1;

    public ChunkConflict(int number) {
        super("chunk " + number + " of the recording is stored already, with other bytes");
    }
}
