package dev.sallyport.agent.link;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What this agent kept of sessions that ended before everything was in the object store.
public interface TailSource {

    /// The tails that wait to be handed over; asked whenever the agent has attached, and every 10 seconds.
    List<Tail> waiting();

    /// One session's tail.
    interface Tail {

        SessionId session();

        TenantId tenant();

        Ticket ticket();

        /// Starts reading from the beginning; may be called again after a failed attempt.
        Reader read() throws IOException;

        /// An edge stored it: it may be forgotten.
        void stored();

        /// An edge will never take it, and says why: it may be forgotten.
        void refused(String problem);
    }

    /// Reads a tail's events in order.
    interface Reader extends AutoCloseable {

        /// The next event; empty after the last.
        Optional<TailEvent> next() throws IOException;

        @Override
        void close() throws IOException;
    }

    /// Keeps nothing.
    static TailSource none() {
        return List::of;
    }
}
