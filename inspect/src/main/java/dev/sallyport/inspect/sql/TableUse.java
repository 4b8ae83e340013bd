package dev.sallyport.inspect.sql;

/// A table or view that a statement uses, and how.
public record TableUse(SqlName table, Use use) {

    public enum Use {
        READ,
        WRITTEN
    }
}
