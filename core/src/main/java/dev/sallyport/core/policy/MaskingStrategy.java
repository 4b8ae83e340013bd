package dev.sallyport.core.policy;

/// What becomes of a value that may not be seen. What each does to each kind of column is in `docs/masking.md`.
public sealed interface MaskingStrategy {

    /// A label takes its place, as `[email]`.
    record Redact() implements MaskingStrategy {}

    /// The last letters and digits stay, the others become `*`; all, if there are not twice as many.
    ///
    /// @param kept how many stay
    record Partial(int kept) implements MaskingStrategy {
        public Partial {
            within(kept);
        }
    }

    /// Sixteen hexadecimal digits of HMAC-SHA-256 with the tenant's key: equal values stay equal, and can be joined.
    record Hash() implements MaskingStrategy {}

    /// Something of the same shape, the same for the same value: digits for digits, letters for letters.
    record Token(Checksum checksum) implements MaskingStrategy {}

    /// Nothing.
    record Null() implements MaskingStrategy {}

    /// Its first characters; of a date the year.
    ///
    /// @param kept how many stay
    record Truncate(int kept) implements MaskingStrategy {
        public Truncate {
            within(kept);
        }
    }

    /// As it is: put before another rule, it lets a group see what others may not.
    record Show() implements MaskingStrategy {}

    /// Whether check digits of a token are right.
    enum Checksum {
        /// never, so that nobody takes it for a real one
        INVALID,
        /// where it can be had, for programs that check
        VALID
    }

    /// Most characters that may be kept of a value.
    int MOST_KEPT = 64;

    private static void within(int kept) {
        if (kept < 0 || kept > MOST_KEPT) {
            throw new IllegalArgumentException("a masked value keeps at most " + MOST_KEPT + " characters");
        }
    }

    /// As rules write it: `redact`, `partial 4`, `hash`, `token invalid`, `null`, `truncate 4`, `show`.
    default String text() {
        return switch (this) {
            case Redact() -> "redact";
            case Partial(int kept) -> "partial " + kept;
            case Hash() -> "hash";
            case Token(Checksum checksum) -> checksum == Checksum.VALID ? "token valid" : "token invalid";
            case Null() -> "null";
            case Truncate(int kept) -> "truncate " + kept;
            case Show() -> "show";
        };
    }

    /// The one that `text` names.
    ///
    /// @throws IllegalArgumentException if it names none
    static MaskingStrategy of(String text) {
        return switch (text) {
            case "redact" -> new Redact();
            case "partial" -> new Partial(4);
            case "hash" -> new Hash();
            case "token", "token invalid" -> new Token(Checksum.INVALID);
            case "token valid" -> new Token(Checksum.VALID);
            case "null" -> new Null();
            case "show" -> new Show();
            default -> {
                if (text.matches("partial \\d{1,2}")) {
                    yield new Partial(Integer.parseInt(text.substring(8)));
                }
                if (text.matches("truncate \\d{1,2}")) {
                    yield new Truncate(Integer.parseInt(text.substring(9)));
                }
                throw new IllegalArgumentException(
                        "a strategy is redact, partial N, hash, token valid, token invalid, null, truncate N or show");
            }
        };
    }
}
