package dev.sallyport.core.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// Guardrails that are there without anybody writing them; each is a file beside this class.
public enum GuardrailPreset {
    /// nothing but reading
    READ_ONLY,
    /// the schema stays as it is
    NO_DDL,
    /// updates and deletes name their rows; what takes tables away is held
    SAFE_WRITES,
    /// no result without a limit, no `COPY` out
    NO_BULK_EXPORT,
    /// functions and statements of PostgreSQL's that reach beyond the database's tables
    POSTGRES_DANGEROUS,
    /// functions and statements of MySQL's and MariaDB's that reach beyond the database's tables
    MYSQL_DANGEROUS;

    private final String text;

    GuardrailPreset() {
        var name = word() + ".rules";
        try (var in = Objects.requireNonNull(GuardrailPreset.class.getResourceAsStream(name), name)) {
            this.text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As connections name it: `safe-writes`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<GuardrailPreset> of(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }

    /// Its file.
    public String text() {
        return text;
    }

    public List<GuardrailRule> rules() {
        return GuardrailText.read(word(), text).rules();
    }
}
