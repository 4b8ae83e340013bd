package dev.sallyport.core.recording;

import java.time.Instant;
import java.util.OptionalLong;

/// What a [Verifier] found.
public sealed interface Verification {

    /// One or two sentences for people.
    String sentence();

    /// Everything is as it was recorded, and the tenant's key vouches for all of it.
    ///
    /// @param events how many
    /// @param opened whether the events were looked at too; without the data key only the chain was
    record Sound(long events, RecordingState state, boolean opened, String sentence) implements Verification {}

    /// Nothing speaks against what is there, but the tenant's key does not vouch for its end (yet): the
    /// recording is live, or so fresh that no checkpoint covers it, or someone left out the latest checkpoints.
    ///
    /// @param vouched how many events are vouched for
    /// @param events how many there are
    record SoundSoFar(long vouched, long events, RecordingState state, boolean opened, String sentence)
            implements Verification {}

    /// It was deleted, and the audit log says so: there is nothing to look at any more, and nothing was tampered with.
    ///
    /// @param by who did it
    /// @param vouched whether a checkpoint vouches for that line of the audit log already
    record Deleted(Instant at, String by, boolean vouched, String sentence) implements Verification {}

    /// Something was changed, cut, added or exchanged.
    ///
    /// @param firstBadEvent the first event that cannot be trusted; empty when the fault is in the audit log or
    ///     in the checkpoints
    record Broken(OptionalLong firstBadEvent, String sentence) implements Verification {}
}
