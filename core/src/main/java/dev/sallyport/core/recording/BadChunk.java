package dev.sallyport.core.recording;

/// Bytes that are no chunk, or not one that this key opens. The message is a sentence and repeats nothing of
/// them.
public final class BadChunk extends Exception {

    private static final long serialVersionUID = 1;

    public BadChunk(String message) {
        super(message);
    }

    public BadChunk(String message, Throwable cause) {
        super(message, cause);
    }
}
