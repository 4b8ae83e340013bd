package dev.sallyport.edge.review;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Order;
import java.util.Optional;

/// Has what sessions hold reviewed.
public interface Reviews {

    /// Where nothing is reviewed: what is held does not run.
    Reviews NONE = (order, connection, agent) -> new Held() {
        @Override
        public boolean held(Message.Hold hold) {
            Thread.ofVirtual()
                    .name("review-refused")
                    .start(() -> agent.say(new Message.Decided(
                            hold.number(),
                            Optional.empty(),
                            "it needs an approval, and nobody can" + " give one here")));
            return true;
        }

        @Override
        public boolean ended(Message.HoldEnded ended) {
            return true;
        }

        @Override
        public void decided(ReviewId review) {}

        @Override
        public void close() {}
    };

    /// Begins to review for one session.
    ///
    /// @param agent where answers go
    Held of(Order order, ConnectionDefinition connection, Agent agent);

    /// The agent of a session.
    interface Agent {

        /// Tells it something, in turn with all else that it is told. Blocks; does nothing when the session is over.
        void say(Message message);
    }

    /// The held statements of one session. Nothing here waits. False: the agent asks for more than it may.
    interface Held extends AutoCloseable {

        boolean held(Message.Hold hold);

        boolean ended(Message.HoldEnded ended);

        /// There is mail about a review of this session.
        void decided(ReviewId review);

        /// The session is over: what still waits is cancelled.
        @Override
        void close();
    }
}
