package dev.sallyport.edge.relay;

import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Outcome;
import java.io.IOException;

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

    /// Shows bytes to the user, and returns when the client's window has taken them.
    ///
    /// @param stream `OUTPUT` or `ERROR`
    void write(Message.Stream stream, byte[] bytes) throws IOException;

    /// The target sent its end on a forwarded stream; the user may go on sending.
    void endOutput() throws IOException;

    /// Ends the channel with the outcome: exit status or signal, and a sentence where the user should read one.
    void finish(Outcome outcome);
}
