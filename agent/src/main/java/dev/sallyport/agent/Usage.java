package dev.sallyport.agent;

/// A command line or a configuration that is not one; the message is for the operator.
final class Usage extends Exception {

    private static final long serialVersionUID = 1;

    Usage(String message) {
        super(message);
    }
}
