package dev.sallyport.agent.target;

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

        /// Nothing more comes.
        record End() implements Piece {}
    }

    /// Blocks until something comes. After [Piece.End] it is not asked again.
    Piece next() throws IOException, InterruptedException;
}
