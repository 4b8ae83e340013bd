package dev.sallyport.standalone;

/// The instance cannot start; the message says why and what to do, and is all that the user sees.
public final class CannotStart extends Exception {

    private static final long serialVersionUID = 1;

    public CannotStart(String message) {
        super(message);
    }

    public CannotStart(String message, Throwable cause) {
        super(message, cause);
    }
}
