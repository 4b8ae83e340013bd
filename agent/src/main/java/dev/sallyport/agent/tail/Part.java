package dev.sallyport.agent.tail;

import java.io.IOException;
import java.util.Optional;

/// Some consecutive events of a tail, in memory or in a file. Not for several threads at once, but for its
/// readers.
interface Part {

    /// Adds the next event.
    void add(TailedEvent event) throws IOException;

    /// What it takes.
    long bytes();

    /// Drops what is stored up to these numbers, as far as it can; whether nothing is left of it.
    boolean forget(long agentNumber, long edgeNumber) throws IOException;

    /// Drops everything.
    void delete() throws IOException;

    /// Reads the events that it has now.
    Reader read() throws IOException;

    /// Gives a part's events in order.
    interface Reader extends AutoCloseable {

        /// The next event; empty after the last, or after the last that can be read.
        Optional<TailedEvent> next() throws IOException;

        @Override
        void close() throws IOException;
    }
}
