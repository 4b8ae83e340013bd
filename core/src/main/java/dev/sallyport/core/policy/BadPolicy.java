package dev.sallyport.core.policy;

/// A policy that is not signed, or not one.
public final class BadPolicy extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean signed;

    BadPolicy(String message) {
        super(message);
        signed = true;
    }

    BadPolicy(String message, Throwable cause) {
        super(message, cause);
        signed = true;
    }

    private BadPolicy(boolean signed) {
        super("the tenant's policy is not signed by the tenant's key");
        this.signed = signed;
    }

    static BadPolicy unsigned() {
        return new BadPolicy(false);
    }

    /// Whether all that is wrong is that it cannot be read, as one of a newer version.
    public boolean signed() {
        return signed;
    }
}
