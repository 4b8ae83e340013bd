package dev.sallyport.core.connection;

/// A connection definition that is not signed, or not one.
public final class BadDefinition extends Exception {

    private static final long serialVersionUID = 1;

    public BadDefinition(String message) {
        super(message);
    }

    public BadDefinition(String message, Throwable cause) {
        super(message, cause);
    }
}
