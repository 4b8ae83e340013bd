package dev.sallyport.edge.statements;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.session.Order;

/// Takes recorded statements for the index in which people search. The recording is what counts: the index never holds
/// a session up, and never ends one.
public interface StatementIndex {

    /// Indexes nothing.
    StatementIndex NONE = (order, connection) -> OfSession.NOTHING;

    OfSession open(Order order, ConnectionDefinition connection);

    /// The statements of one session.
    interface OfSession extends AutoCloseable {

        OfSession NOTHING = new OfSession() {
            @Override
            public void recorded(String line) {}

            @Override
            public void close() {}
        };

        /// Takes a line of a statement that is in the recording by now. Returns at once.
        void recorded(String line);

        /// Waits, for a bounded time, until what was taken is written. Comes before the session's end is written: the
        /// recording of a session that has ended may be deleted, and then nothing may be added any more.
        @Override
        void close();
    }
}
