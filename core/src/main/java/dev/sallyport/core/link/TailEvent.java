package dev.sallyport.core.link;

import dev.sallyport.core.recording.Event;

/// One event of a session that the agent kept because the object store may not have it.
///
/// @param offset as in [Event]: what tells an edge which of the bytes it has already
/// @param time microseconds since 1970, by the agent's clock
public record TailEvent(Event.Kind kind, long offset, long time, byte[] bytes) {

    public TailEvent {
        if (offset < 0 || bytes.length > Event.LONGEST) {
            throw new IllegalArgumentException("an event of a tail holds at most " + Event.LONGEST + " bytes");
        }
    }
}
