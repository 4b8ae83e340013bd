package dev.sallyport.core.recording;

/// How whole a recording is. The code is what stands in a chunk's head: never reused.
public enum RecordingState {
    /// Not sealed, and its session goes on. In a chunk's head: more chunks follow.
    LIVE(0),
    /// Sealed by the edge that wrote it: everything that was shown and typed is in it.
    COMPLETE(1),
    /// Something is known to be missing, or it was never sealed and its session is over.
    INCOMPLETE(2),
    /// Sealed by another edge, from the spool of the one that was lost or from the agent's tail; nothing is
    /// known to be missing.
    RECOVERED(3);

    private final int code;

    RecordingState(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /// The state with this code.
    ///
    /// @throws IllegalArgumentException when there is none
    public static RecordingState of(int code) {
        for (var state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("unknown state of a recording " + code);
    }
}
