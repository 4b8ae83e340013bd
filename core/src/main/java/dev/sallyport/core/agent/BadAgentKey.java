package dev.sallyport.core.agent;

/// A text that is not an agent's key or token; the message says what to do, and repeats nothing of the text.
public final class BadAgentKey extends Exception {

    private static final long serialVersionUID = 1;

    BadAgentKey(String message) {
        super(message);
    }

    BadAgentKey(String message, Throwable cause) {
        super(message, cause);
    }
}
