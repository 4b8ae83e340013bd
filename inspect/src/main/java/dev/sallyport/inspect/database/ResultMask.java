package dev.sallyport.inspect.database;

import java.util.Map;

/// Masks the values of one result. One thread at a time.
///
/// Fails closed: an error inside a masker is not thrown but withholds the value ([Masked.Null], or a text that says so
/// where the type allows it).
public interface ResultMask {

    /// Whether any value of this column can be masked at all; if not, its values are passed without a look.
    boolean looksAt(int column);

    /// Looks at one value that is not null, in its text form: UTF-8 in `bytes` from `from` to `to`, exclusive. The
    /// array is the caller's and not changed. Text that is not UTF-8 is looked at byte by byte.
    Masked value(int column, byte[] bytes, int from, int to);

    /// How many values were masked until now, by entity type or rule.
    Map<String, Long> counts();
}
