package dev.sallyport.store;

/// A cursor that no list of ours gave out.
public final class BadCursor extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BadCursor() {
        super("the cursor is not one that this list gave out");
    }
}
