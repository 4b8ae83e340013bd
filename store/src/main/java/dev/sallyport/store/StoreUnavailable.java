package dev.sallyport.store;

/// The store did not answer, or could not do what was asked within its bounded retries.
///
/// Whether a write took place is then unknown.
public final class StoreUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreUnavailable(String message) {
        super(message);
    }
}
