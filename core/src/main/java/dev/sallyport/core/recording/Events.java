package dev.sallyport.core.recording;

import java.io.IOException;
import java.util.Optional;

/// A recording's events, in order, one at a time.
public interface Events {

    /// The next event; empty when there is none, or none yet.
    Optional<Event> next() throws IOException;
}
