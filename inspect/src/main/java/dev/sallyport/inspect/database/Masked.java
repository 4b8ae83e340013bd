package dev.sallyport.inspect.database;

/// What becomes of one value on its way to the user.
public sealed interface Masked {

    /// Stays as it is.
    record Same() implements Masked {}

    /// Becomes this text (UTF-8), which is valid for the column's type.
    record Text(byte[] bytes) implements Masked {}

    /// Becomes null.
    record Null() implements Masked {}

    /// The one [Same], so that a value that stays costs nothing.
    Masked SAME = new Same();

    /// The one [Null].
    Masked NULL = new Null();
}
