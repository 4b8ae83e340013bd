package dev.sallyport.core.connection;

import java.util.Optional;
import java.util.regex.Pattern;

/// How users name a connection: `[a-z0-9][a-z0-9._-]{0,62}`, unique within a tenant.
public record ConnectionName(String value) implements Comparable<ConnectionName> {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    public ConnectionName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a connection's name has 1 to 63 characters of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit");
        }
    }

    /// The name that `text` is, if it is one. For text from outside.
    public static Optional<ConnectionName> of(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new ConnectionName(text)) : Optional.empty();
    }

    @Override
    public int compareTo(ConnectionName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
