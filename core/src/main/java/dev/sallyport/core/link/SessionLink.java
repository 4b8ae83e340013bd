package dev.sallyport.core.link;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;

/// One session's two-way stream of messages, as edge and agent see it: blocking, ordered, and unharmed by the
/// loss of the gRPC call that carries it.
///
/// One thread sends at a time and one thread receives (they may be two); any thread may [#end]. Memory is
/// bounded: at most [#WINDOW] bytes of data are sent and not yet [consumed][#consumed] by the other side, then
/// [#send] blocks. Backpressure goes from the user's terminal to the target and back.
///
/// Messages arrive in one order. An agent that must hear of a signal or of [Message.Close] while its target
/// does not read its input goes on receiving: it hands data to a thread of its own, and says [#consumed] when
/// they are written. What is received and not consumed is bounded by the window.
public interface SessionLink extends AutoCloseable {

    /// Bytes of data per direction that may be under way (`session.window`).
    int WINDOW = 1 << 20;

    /// How long a session outlives the loss of its call (`session.resume`).
    Duration RESUME = Duration.ofSeconds(60);

    /// A message and its number.
    record Received(long number, Message message) {}

    /// Sends a message, and returns its number. Blocks while the window is full.
    ///
    /// @throws LinkLost when the session has ended on this link: it was not resumed in time, or was ended by
    ///     either side
    long send(Message message) throws LinkLost, InterruptedException;

    /// Blocks until [#send] would take `message` without waiting: for the one thread that sends, and has
    /// something to ask between the wait and the sending. A link that cannot know returns at once.
    ///
    /// @throws LinkLost as in [#send]
    default void awaitRoom(Message message) throws LinkLost, InterruptedException {}

    /// Blocks until the other side has [consumed][#consumed] the message `number` of this one and all before it: for
    /// the edge that means that they are in the recording.
    ///
    /// @throws LinkLost as in [#send]
    void awaitConsumed(long number) throws LinkLost, InterruptedException;

    /// The next message. Blocks until there is one.
    ///
    /// @throws LinkLost as in [#send], after all messages that came before
    Received receive() throws LinkLost, InterruptedException;

    /// Like [#receive], for at most `longest`; empty when nothing came in that time.
    Optional<Received> receive(Duration longest) throws LinkLost, InterruptedException;

    /// Says that the message `number` and those before it are done with (written to the target, or recorded and
    /// released to the user), which gives the other side room.
    void consumed(long number);

    /// Edge to agent, out of turn and without waiting: messages of the agent up to `agentNumber`, and of the
    /// edge up to `edgeNumber`, are in the object store. Any thread.
    void stored(long agentNumber, long edgeNumber);

    /// Agent: `tail` is told what the edge says with [#stored], the latest at once. Never under a lock; it must
    /// not block for long.
    void onStored(BiConsumer<Long, Long> tail);

    /// Whether no call carries the session at this moment: it waits to be resumed, and is frozen until then.
    boolean broken();

    /// Bytes that this side holds because somebody has not read yet, its own messages and the other's, about.
    /// A link that cannot know holds nothing.
    default long held() {
        return 0;
    }

    /// Ends the session on this link, at once and for good, and returns; the other side learns of it. What an
    /// agent sent before still reaches the edge if the session can be carried on; what an edge sent may not.
    /// Idempotent.
    void end();

    /// As [#end].
    @Override
    default void close() {
        end();
    }
}
