package dev.sallyport.core.connection;

/// A connection definition that is not signed, or not one.
public final class BadDefinition extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean signed;

    public BadDefinition(String message) {
        super(message);
        signed = true;
    }

    public BadDefinition(String message, Throwable cause) {
        super(message, cause);
        signed = true;
    }

    private BadDefinition(boolean signed) {
        super("the connection's definition is not signed by the tenant's key");
        this.signed = signed;
    }

    static BadDefinition unsigned() {
        return new BadDefinition(false);
    }

    /// Whether all that is wrong is that it cannot be read, as one of a newer version.
    public boolean signed() {
        return signed;
    }
}
