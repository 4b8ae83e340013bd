package dev.sallyport.store;

/// The tables were written by a newer program.
public final class StoreTooNew extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreTooNew(long found, long known) {
        super("The store has version " + found + ", and this program knows versions up to " + known
                + ": start a newer program.");
    }
}
