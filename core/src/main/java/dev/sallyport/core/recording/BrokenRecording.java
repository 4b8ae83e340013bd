package dev.sallyport.core.recording;

import java.io.IOException;

/// A recording that is not what was recorded: changed, cut, mixed up, or of another session.
public final class BrokenRecording extends IOException {

    private static final long serialVersionUID = 1;

    private final long firstBadEvent;

    public BrokenRecording(long firstBadEvent, String sentence) {
        super(sentence);
        this.firstBadEvent = firstBadEvent;
    }

    /// Number of the first event that cannot be trusted; those before it can.
    public long firstBadEvent() {
        return firstBadEvent;
    }
}
