package dev.sallyport.store;

/// A [Written.Refused] on its way up.
public final class WriteRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Written.Reason reason;

    public WriteRefused(Written.Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    public Written.Reason reason() {
        return reason;
    }
}
