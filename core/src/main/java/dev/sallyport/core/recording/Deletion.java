package dev.sallyport.core.recording;

import java.time.Instant;

/// That a recording was deleted: its data key is destroyed, and its chunks can be read by nobody.
///
/// @param by who did it, as the audit log names who does things
/// @param reason for people; may be text of others
public record Deletion(Instant at, String by, String reason) {}
