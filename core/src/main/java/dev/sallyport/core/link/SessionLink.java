package dev.sallyport.core.link;

import java.time.Duration;
import java.util.Optional;

/// One session's two-way stream of messages, as edge and agent see it: blocking, ordered, and unharmed by the
/// loss of the gRPC call that carries it.
///
/// One thread sends at a time and one thread receives (they may be two); any thread may [#end]. Memory is
/// bounded: at most [#WINDOW] bytes of data are sent and not yet [consumed][#consumed] by the other side, then
/// [#send] blocks. Backpressure goes from the user's terminal to the target and back.
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

    /// The next message. Blocks until there is one.
    ///
    /// @throws LinkLost as in [#send], after all messages that came before
    Received receive() throws LinkLost, InterruptedException;

    /// Like [#receive], for at most `longest`; empty when nothing came in that time.
    Optional<Received> receive(Duration longest) throws LinkLost, InterruptedException;

    /// Says that the message `number` and those before it are done with (written to the target, or recorded and
    /// released to the user), which gives the other side room.
    void consumed(long number);

    /// Ends the session on this link, at once and for good; the other side learns of it. Idempotent.
    void end();

    /// As [#end].
    @Override
    default void close() {
        end();
    }
}
