package dev.sallyport.proto;

/// What came is not a frame of the protocol; the message repeats nothing of it.
public final class BadFrame extends Exception {

    private static final long serialVersionUID = 1;

    public BadFrame(String message) {
        super(message);
    }

    public BadFrame(String message, Throwable cause) {
        super(message, cause);
    }
}
