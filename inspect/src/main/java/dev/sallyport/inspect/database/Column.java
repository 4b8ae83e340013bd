package dev.sallyport.inspect.database;

import dev.sallyport.inspect.sql.SqlName;
import java.util.Optional;

/// One column of a result, as the server describes it.
///
/// @param name its name in the result
/// @param table the table that it comes from, where the protocol itself says so by name (MySQL)
/// @param origin the column of that table, likewise
/// @param type what its values are
public record Column(String name, Optional<SqlName> table, Optional<String> origin, ValueType type) {

    /// What the text form of a value must still be after masking, so that clients can read it.
    public enum ValueType {
        TEXT,
        /// digits with a sign
        INTEGER,
        /// decimal digits, a point, an exponent
        NUMBER,
        BOOLEAN,
        /// JSON of any kind: strings inside are masked, its form stays
        JSON,
        /// hexadecimal or raw: what a `bytea` or a `blob` holds
        BYTES,
        /// a date, a time or both
        TIME,
        UUID,
        /// anything else: a masked value becomes null
        OTHER
    }
}
