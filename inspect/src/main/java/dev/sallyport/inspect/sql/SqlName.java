package dev.sallyport.inspect.sql;

import java.util.Optional;

/// A name as the text has it, after the dialect's folding of case.
///
/// @param schema its schema (MySQL: database) where the text gives one
public record SqlName(Optional<String> schema, String name) {

    public static SqlName of(String name) {
        return new SqlName(Optional.empty(), name);
    }

    public static SqlName of(String schema, String name) {
        return new SqlName(Optional.of(schema), name);
    }

    @Override
    public String toString() {
        return schema.map(text -> text + ".").orElse("") + name;
    }
}
