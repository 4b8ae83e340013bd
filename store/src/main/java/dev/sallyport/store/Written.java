package dev.sallyport.store;

import java.util.function.Function;

/// What came of a change of the store.
public sealed interface Written<T> {

    /// It is written. `value` is what stands in the store now.
    record Done<T>(T value) implements Written<T> {}

    /// It is not, and nothing else is either.
    ///
    /// @param sentence for whoever asked
    record Refused<T>(Reason reason, String sentence) implements Written<T> {
        <U> Refused<U> cast() {
            return new Refused<>(reason, sentence);
        }
    }

    /// Why a change was refused.
    enum Reason {
        /// Something else has the name, address or key already.
        TAKEN,
        /// It has changed since it was read: read it again.
        STALE,
        /// It, or something that it refers to, is not there.
        ABSENT,
        /// Something refers to it still.
        IN_USE,
        /// There would be too many.
        LIMIT
    }

    default <U> Written<U> map(Function<T, U> function) {
        return switch (this) {
            case Done<T>(var value) -> new Done<>(function.apply(value));
            case Refused<T> refused -> refused.cast();
        };
    }

    /// The value, for callers that turn a refusal into an answer at one place.
    ///
    /// @throws WriteRefused when refused
    default T orThrow() {
        return switch (this) {
            case Done<T>(var value) -> value;
            case Refused<T>(var reason, var sentence) -> throw new WriteRefused(reason, sentence);
        };
    }
}
