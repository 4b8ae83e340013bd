package dev.sallyport.edge.admission;

import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.SessionRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Decides sessions. Every door goes through here; no rule, no access.
///
/// Blocking (reads and writes the store): called on virtual threads only, never on a MINA or Netty thread.
public interface Admission {

    /// What came of asking.
    sealed interface Decision {

        /// Admitted: the session's row is written, and it is in the edge's live index.
        ///
        /// @param atDeadline what it ends with when the order's deadline is reached
        record Granted(
                Live live, Order order, ConnectionDefinition connection, byte[] wrappedDataKey, Outcome atDeadline)
                implements Decision {}

        /// Refused; `message` is for the user (no prefix, one sentence or two) and tells no more than they may
        /// know.
        record Refused(String message) implements Decision {}

        /// Could not be decided: the store did not answer. The answer is no, and it is our failure (exit 254).
        record Failed(String message) implements Decision {}
    }

    /// A session of the live index: how the rest of the edge is told that it must end, and tells that it has.
    interface Live {

        /// Called once, from any thread, when the session must end: killed, revoked, expired, timed out. Set
        /// right after admission; an order to end that came earlier is delivered at once.
        void onEnd(Consumer<Outcome> ender);

        /// Called from any thread, perhaps more than once for a review, when a review of a statement that the session
        /// holds was decided; must not wait.
        default void onReview(Consumer<ReviewId> reviewer) {}

        /// Whether bytes may pass, asked before each is, either way. Answers at once as a rule, and blocks while
        /// the edge cannot see what is decided elsewhere (a blind edge freezes its sessions). `false` when the
        /// session must end: then nothing passes any longer.
        default boolean pass() throws InterruptedException {
            return true;
        }

        /// Says where what the session holds in memory is seen, and let go. Until then it holds nothing.
        default void holds(Unread unread) {}

        /// No recording was opened for the session, and none will be: its recording's row says so when it is over.
        default void unrecorded() {}

        /// The session is over: leaves the live index, and writes the outcome (retrying in the background until
        /// written).
        void ended(Outcome outcome);
    }

    /// What a session holds in memory because somebody does not read. Any thread.
    interface Unread {

        /// Bytes, about.
        long bytes();

        /// Lets go at once of what waits for the client, who is cut off when there is any.
        void drop();
    }

    /// What is asked.
    ///
    /// @param connection none: the credential's `force-command` or menu decided nothing; refused
    record Request(
            Credential credential,
            ConnectionName connection,
            SessionRequest request,
            Map<String, String> environment) {}

    Decision admit(Request request);

    /// The connections that this credential's user may open in some mode, by name; empty when the user may
    /// nothing or nobody is meant. For the menu.
    List<ConnectionDefinition> permitted(Credential credential);

    /// The definition of a connection that this user may use, without starting a session: for what must be
    /// known before (its type). Empty when it is not there or not theirs.
    Optional<ConnectionDefinition> find(Credential credential, ConnectionName connection);
}
