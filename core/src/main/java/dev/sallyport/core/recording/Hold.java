package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import java.time.Instant;

/// A legal hold: the recording of this session is not deleted, neither by its retention nor by hand.
///
/// @param by who ordered it, as the audit log names who does things
/// @param reason for people; may be text of others
public record Hold(SessionId session, Instant at, String by, String reason) {}
