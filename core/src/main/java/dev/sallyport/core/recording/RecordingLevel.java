package dev.sallyport.core.recording;

/// How much of a session its recording holds; written in the recording's head.
public enum RecordingLevel {
    /// Every byte shown and typed, with its time: terminals and commands.
    FULL,
    /// Text, verdict, row counts and hash of each statement: databases.
    STATEMENTS,
    /// Names, sizes and hashes: files and raw streams.
    METADATA
}
