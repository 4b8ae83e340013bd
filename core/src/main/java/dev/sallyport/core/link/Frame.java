package dev.sallyport.core.link;

import dev.sallyport.core.id.AgentInstanceId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.session.Order;

/// One frame of a `Carry` call.
///
/// @param number from 1 in each direction for what is numbered ([Body#numbered]), else 0
/// @param consumed every message of the other direction up to this number is done with
public record Frame(long number, long consumed, Body body) {

    public Frame {
        if (number < 0 || consumed < 0 || (number > 0) != body.numbered()) {
            throw new IllegalArgumentException("messages are numbered from 1, all else has the number 0");
        }
    }

    /// What a frame says.
    public sealed interface Body {

        /// Whether it is one of the messages that are numbered, acknowledged, and sent again after a break.
        default boolean numbered() {
            return false;
        }
    }

    /// Agent to edge, first: this call waits for a session.
    public record Idle(AgentInstanceId instance) implements Body {}

    /// Edge to agent: open this session.
    ///
    /// @param understood whether the order says nothing that this version does not know; if not, the agent
    ///     refuses, since it may be something to enforce
    public record Open(Order order, Ticket ticket, boolean understood) implements Body {

        public Open(Order order, Ticket ticket) {
            this(order, ticket, true);
        }
    }

    /// Agent to edge: the order was received.
    public record Accepted(Ticket ticket) implements Body {}

    /// Agent to edge, first: this call continues a session.
    ///
    /// @param received the last number that came in order
    public record Resume(AgentInstanceId instance, SessionId session, Ticket ticket, long received) implements Body {}

    /// Edge to agent: the session continues.
    ///
    /// @param received the last number that came in order
    public record Resumed(long received) implements Body {}

    /// Either way: nothing but `consumed`.
    public record Ack() implements Body {}

    /// Either way: the session is over on this link. Answered with the same.
    public record End() implements Body {}

    /// Edge to agent: messages of the agent up to `agentNumber`, and of the edge up to `edgeNumber`, are in the
    /// object store; the agent's tail may forget them. Each one replaces the one before.
    public record Stored(long agentNumber, long edgeNumber) implements Body {}

    /// A message of the session.
    public record Said(Message message) implements Body {
        @Override
        public boolean numbered() {
            return true;
        }
    }
}
