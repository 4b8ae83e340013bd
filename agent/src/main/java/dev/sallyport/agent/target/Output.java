package dev.sallyport.agent.target;

import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import java.io.IOException;

/// One stream that comes out of a target.
public interface Output {

    /// What comes next.
    sealed interface Piece {

        /// Bytes, at least 1 and at most [Target#LONGEST].
        record Bytes(byte[] bytes) implements Piece {}

        /// From here on the terminal echoes what is typed, or does not.
        record Echo(boolean on) implements Piece {}

        /// A file passed: a line of JSON for the recording.
        record File(String json) implements Piece {}

        /// What became of a statement: a line of JSON for the recording. What was judged comes ahead of whatever
        /// the statement answers.
        record Statement(Message.Statement.Part part, String json) implements Piece {}

        /// A statement waits for an approval. It was [Receiver#recorded] before.
        record Hold(Message.Hold hold) implements Piece {}

        /// It waits no more.
        record HoldEnded(Message.HoldEnded end) implements Piece {}

        /// Nothing more comes.
        record End() implements Piece {}
    }

    /// Where pieces go. Any thread; they arrive in the order in which they were taken.
    interface Receiver {

        /// Takes a piece; blocks while the edge has no room for it.
        void take(Piece piece) throws LinkLost, InterruptedException;

        /// Takes a piece, and returns when the edge has it in the recording.
        void recorded(Piece piece) throws LinkLost, InterruptedException;
    }

    /// Blocks until something comes. After [Piece.End] it is not asked again.
    Piece next() throws IOException, InterruptedException;

    /// Hands over everything that comes, until [Piece.End]; returns then. A target that has things to say on other
    /// threads, too, keeps the receiver.
    default void into(Receiver receiver) throws IOException, LinkLost, InterruptedException {
        Piece piece;
        do {
            piece = next();
            receiver.take(piece);
        } while (!(piece instanceof Piece.End));
    }
}
