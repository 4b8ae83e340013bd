package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Column.ValueType;

/// Types of columns by their numbers ("Column Definition", `enum_field_types`).
final class FieldType {

    static final int DECIMAL = 0;
    static final int TINY = 1;
    static final int SHORT = 2;
    static final int LONG = 3;
    static final int FLOAT = 4;
    static final int DOUBLE = 5;
    static final int NULL = 6;
    static final int TIMESTAMP = 7;
    static final int LONGLONG = 8;
    static final int INT24 = 9;
    static final int DATE = 10;
    static final int TIME = 11;
    static final int DATETIME = 12;
    static final int YEAR = 13;
    static final int NEWDATE = 14;
    static final int VARCHAR = 15;
    static final int BIT = 16;
    static final int VECTOR = 242;
    static final int JSON = 245;
    static final int NEWDECIMAL = 246;
    static final int ENUM = 247;
    static final int SET = 248;
    static final int TINY_BLOB = 249;
    static final int MEDIUM_BLOB = 250;
    static final int LONG_BLOB = 251;
    static final int BLOB = 252;
    static final int VAR_STRING = 253;
    static final int STRING = 254;
    static final int GEOMETRY = 255;

    private FieldType() {}

    /// What values of a type are.
    ///
    /// @param collation tells texts from bytes
    static ValueType value(int type, int collation) {
        return switch (type) {
            case TINY, SHORT, LONG, LONGLONG, INT24, YEAR -> ValueType.INTEGER;
            case DECIMAL, NEWDECIMAL, FLOAT, DOUBLE -> ValueType.NUMBER;
            case TIMESTAMP, DATE, TIME, DATETIME, NEWDATE -> ValueType.TIME;
            case JSON -> ValueType.JSON;
            case VARCHAR, VAR_STRING, STRING, TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, ENUM, SET ->
                collation == Charsets.BINARY ? ValueType.BYTES : ValueType.TEXT;
            default -> ValueType.OTHER;
        };
    }
}
