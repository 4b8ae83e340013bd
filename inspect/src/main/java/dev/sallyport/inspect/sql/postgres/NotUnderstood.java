package dev.sallyport.inspect.sql.postgres;

/// A tree that is not read, because it holds something that we do not know.
final class NotUnderstood extends RuntimeException {

    private static final long serialVersionUID = 1;

    NotUnderstood(String what) {
        super(what, null, false, false);
    }
}
