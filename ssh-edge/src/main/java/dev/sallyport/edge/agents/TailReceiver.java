package dev.sallyport.edge.agents;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import java.util.Optional;

/// Takes what an agent kept of a session whose edge was lost, and completes the recording with it.
public interface TailReceiver {

    /// What came of a tail.
    sealed interface Answer {

        /// Everything is in the object store; the agent may forget the session.
        record Stored() implements Answer {}

        /// Not now; the agent keeps it and comes back.
        record Later(String problem) implements Answer {}

        /// Never: the session is not this agent's, or its recording is sealed or deleted. The agent forgets
        /// it.
        record Refused(String problem) implements Answer {}
    }

    /// The events of a tail, in order; one reader.
    interface Tail {

        /// The next event; blocks; empty after the last.
        ///
        /// @throws Broken when the agent is gone in mid-tail: what came so far is all there is for now
        Optional<TailEvent> next() throws Broken, InterruptedException;
    }

    /// The agent is gone in mid-tail, or sent what no tail has.
    final class Broken extends Exception {

        private static final long serialVersionUID = 1;

        public Broken(String message) {
            super(message);
        }
    }

    /// Takes a tail. Blocking, on a virtual thread of its own. The agent is who its token says; that the
    /// session was its to carry is for the receiver to check, before it reads the tail.
    ///
    /// @param ticket what the agent holds to show that it carried the session
    Answer receive(AgentDirectory.KnownAgent agent, TenantId tenant, SessionId session, Ticket ticket, Tail tail)
            throws Broken, InterruptedException;
}
