package dev.sallyport.edge.relay;

import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.util.List;

/// A user's channel, as a door hands it to the relay: blocking, on virtual threads.
public interface ClientChannel {

    /// What comes from the user.
    sealed interface Input {

        /// Bytes typed, piped or forwarded: at most [Message.Data#LONGEST].
        record Bytes(byte[] bytes) implements Input {}

        /// The user sent the end of input.
        record End() implements Input {}

        /// Everything else the client may say in mid-session: resize, signal.
        record Control(Message message) implements Input {}

        /// The channel is gone.
        record Left() implements Input {}
    }

    /// The next input; blocks. After [Input.Left], always that.
    Input next() throws InterruptedException;

    /// Says that `bytes` of input are done with: the client may send as many more.
    void consumed(int bytes);

    /// Whether a person sits at a terminal there.
    boolean interactive();

    /// Sentences that the user must read when the session begins, such as what of their wishes was refused.
    List<String> notices();

    /// The target is open: a forwarded channel is confirmed now.
    void opened() throws IOException;

    /// `gone` is called once, from any thread and without waiting for [#next], when the channel is gone; at
    /// once if it is.
    void onLeft(Runnable gone);

    /// Shows a sentence of ours: on stderr and with our prefix, or wherever the client can see it. Waits only
    /// shortly for room, then leaves it; never throws.
    void say(String sentence);

    /// Shows bytes to the user, and returns when the client's window has taken them. Throws as soon as the
    /// channel is gone or was ended here.
    ///
    /// @param stream `OUTPUT` or `ERROR`
    void write(Message.Stream stream, byte[] bytes) throws IOException;

    /// Bytes of both directions that are held here because somebody has not read yet, about; after the channel's
    /// end, too, until its connection has gone.
    long unread();

    /// Lets go of what waits to be read by the client: when there is any, its connection is cut.
    void drop();

    /// The session is ending: a [#write] that waits for the client's window throws, and so do later ones, while
    /// [#say] and [#finish] still work. Any thread; idempotent.
    void abandon();

    /// The target sent its end on a forwarded stream; the user may go on sending.
    void endOutput() throws IOException;

    /// Ends the channel with the outcome's exit status or signal. Does not wait for the client.
    void finish(Outcome outcome);

    /// Ends the channel of a session that never began; the reason is a sentence for the user.
    ///
    /// @param ours whether it is our failure (exit 254) rather than a refusal (exit 253)
    void refuse(String reason, boolean ours);
}
