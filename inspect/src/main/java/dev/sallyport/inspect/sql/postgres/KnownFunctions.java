package dev.sallyport.inspect.sql.postgres;

import dev.sallyport.inspect.sql.SqlName;
import java.util.Set;

/// Functions of PostgreSQL's that are known to give nothing but what they are given (PostgreSQL 18, chapter 9).
/// Anything
/// else may read a table that no text shows.
final class KnownFunctions {

    private static final Set<String> PURE = Set.of(
            "abs",
            "age",
            "array_agg",
            "array_length",
            "array_to_string",
            "avg",
            "bool_and",
            "bool_or",
            "btrim",
            "cardinality",
            "ceil",
            "ceiling",
            "char_length",
            "chr",
            "coalesce",
            "concat",
            "concat_ws",
            "count",
            "date_part",
            "date_trunc",
            "dense_rank",
            "every",
            "extract",
            "first_value",
            "floor",
            "format",
            "greatest",
            "initcap",
            "json_agg",
            "json_build_object",
            "jsonb_agg",
            "jsonb_build_object",
            "lag",
            "last_value",
            "lead",
            "least",
            "left",
            "length",
            "lower",
            "lpad",
            "ltrim",
            "max",
            "md5",
            "min",
            "mod",
            "now",
            "nth_value",
            "nullif",
            "octet_length",
            "overlay",
            "position",
            "power",
            "random",
            "rank",
            "regexp_replace",
            "repeat",
            "replace",
            "reverse",
            "right",
            "round",
            "row_number",
            "rpad",
            "rtrim",
            "sign",
            "split_part",
            "sqrt",
            "starts_with",
            "stddev",
            "string_agg",
            "strpos",
            "substr",
            "substring",
            "sum",
            "to_char",
            "to_date",
            "to_json",
            "to_jsonb",
            "to_number",
            "to_timestamp",
            "translate",
            "trim",
            "trunc",
            "upper",
            "variance");

    /// Those that give rows made of their arguments.
    private static final Set<String> ROWS = Set.of(
            "generate_series",
            "unnest",
            "string_to_table",
            "regexp_split_to_table",
            "regexp_matches",
            "json_each",
            "jsonb_each",
            "json_each_text",
            "jsonb_each_text",
            "json_array_elements",
            "jsonb_array_elements",
            "json_array_elements_text",
            "jsonb_array_elements_text",
            "json_object_keys",
            "jsonb_object_keys",
            "generate_subscripts");

    private static final Set<String> ONE_ROW = Set.of("now", "version", "current_database", "current_schema");

    private KnownFunctions() {}

    static boolean pure(SqlName function) {
        return inCatalog(function) && PURE.contains(function.name());
    }

    /// Whether a call in `from` gives no rows of a table.
    static boolean givesItsArguments(SqlName function) {
        return inCatalog(function) && ROWS.contains(function.name());
    }

    /// Whether a call in `from` gives one row, and none of a table.
    static boolean givesOneRow(SqlName function) {
        return inCatalog(function) && ONE_ROW.contains(function.name());
    }

    private static boolean inCatalog(SqlName function) {
        return function.schema().map("pg_catalog"::equals).orElse(true);
    }
}
