package dev.sallyport.core.recording;

/// How far a recording has come.
public enum RecordingState {
    /// The session lives.
    LIVE,
    /// Sealed: everything that the user was shown is in it.
    COMPLETE,
    /// Its edge was lost, or it could not be written: what the user was shown may be missing at the end.
    INCOMPLETE,
    /// Was incomplete; agent and spool brought back what was missing.
    RECOVERED
}
