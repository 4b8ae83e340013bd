package dev.sallyport.agent.target;

import dev.sallyport.core.link.Message;
import java.io.IOException;
import java.util.Optional;

/// What a session uses, once it is open: a program, an sshd's channel, a TCP connection.
///
/// Blocking. One thread reads each output, one writes input, one waits in [#exit]; the rest may be called by any
/// thread at any time, also after the end, when it does nothing.
public interface Target extends AutoCloseable {

    /// Longest piece of output, in bytes.
    int LONGEST = Message.Data.LONGEST;

    /// Whether the target is a stream whose two directions end apart (a forwarded connection), rather than
    /// something that exits.
    boolean forwards();

    /// What the target writes: its stdout, terminal or stream.
    Output output();

    /// Its stderr, where that is apart.
    Optional<Output> errors();

    /// Writes input; blocks while the target takes none. False when it never will again.
    boolean write(byte[] bytes) throws IOException, InterruptedException;

    /// Writes what of the input the target takes without waiting, and returns how many bytes that were; none when
    /// it does not know. Called only while nobody is in [#write]. It saves a key the way to another thread.
    default int writeNow(byte[] bytes) {
        return 0;
    }

    /// No more input comes.
    void endInput() throws IOException, InterruptedException;

    /// The client has said that it sends no more; what it sent before may still have to be written, and [#endInput]
    /// comes
    /// after that. Does not wait.
    default void inputOver() {}

    /// A held statement has a review. False when this target holds none, ever.
    default boolean seen(Message.HoldSeen seen) {
        return false;
    }

    /// A held statement was decided; one that waits no more is no mistake. False when this target holds none, ever.
    default boolean decided(Message.Decided decided) {
        return false;
    }

    /// The user's terminal has another size.
    void resize(Message.Resize size);

    /// Sends a signal, its name without SIG; unknown names do nothing.
    void signal(String name);

    /// Blocks until the target has ended, by itself or by [#kill], and nothing that it started is left. Output
    /// that it wrote may still have to be read.
    Message.Exit exit() throws InterruptedException;

    /// Ends it now; blocks for a few seconds at most.
    void kill();

    /// Ends it if it has not, and frees what it held.
    @Override
    void close();
}
