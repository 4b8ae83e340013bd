package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.session.Outcome;
import java.util.function.BiConsumer;

/// Opens recordings. One per edge: all recordings share its spool.
public interface Recorder {

    /// What the head of a recording says.
    record Head(SessionId session, TenantId tenant, ConnectionId connection, RecordingLevel level, long startMicros) {}

    /// Opens a recording; its head is in the spool when this returns.
    ///
    /// @param wrappedDataKey the recording's data key as the session's row holds it, wrapped by the tenant's
    ///     key
    /// @param stored called with (last agent message number, last edge message number) whose events are in the
    ///     object store by now; from a thread of the recorder's, never holding a lock
    /// @throws RecordingFailed when the spool cannot take it
    Recording open(Head head, byte[] wrappedDataKey, BiConsumer<Long, Long> stored) throws RecordingFailed;

    /// One session's recording while it is written. Any thread may append; events are numbered in the order of
    /// the calls.
    interface Recording {

        /// Puts one event into the spool, and returns when it is there: what is released to the user or sent to
        /// the target only afterwards is in the recording.
        ///
        /// `bytes` may be longer than an event and is then split; it is copied.
        ///
        /// @param agentNumber number of the agent's message that it came from, 0 when from none
        /// @param edgeNumber number of the edge's message that it will go out as, 0 when as none
        /// @throws RecordingFailed when the spool is full or broken; the session must end
        void append(Event.Kind kind, byte[] bytes, long agentNumber, long edgeNumber) throws RecordingFailed;

        /// Seals the recording: the end is its last event. Returns at once; the upload follows. Idempotent.
        void seal(Outcome outcome);
    }

    /// The spool cannot take an event.
    final class RecordingFailed extends Exception {

        private static final long serialVersionUID = 1;

        public RecordingFailed(String message) {
            super(message);
        }

        public RecordingFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
