package dev.sallyport.inspect.mysql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Values of the binary protocol as text, and back ("Binary Protocol Resultset", "Binary Protocol Value").
final class Values {

    private static final Pattern MOMENT =
            Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})(?: (\\d{2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,6}))?)?");
    private static final Pattern SPAN = Pattern.compile("(-?)(\\d{1,3}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,6}))?");
    private static final BigInteger TWO_64 = BigInteger.TWO.pow(64);

    private Values() {}

    /// Whether a value is bytes with their length before them, whose text form they are.
    static boolean isString(int type) throws Malformed {
        return switch (type) {
            case FieldType.DECIMAL,
                    FieldType.NEWDECIMAL,
                    FieldType.VARCHAR,
                    FieldType.VAR_STRING,
                    FieldType.STRING,
                    FieldType.TINY_BLOB,
                    FieldType.MEDIUM_BLOB,
                    FieldType.LONG_BLOB,
                    FieldType.BLOB,
                    FieldType.ENUM,
                    FieldType.SET,
                    FieldType.BIT,
                    FieldType.JSON,
                    FieldType.VECTOR,
                    FieldType.GEOMETRY -> true;
            case FieldType.TINY,
                    FieldType.SHORT,
                    FieldType.YEAR,
                    FieldType.LONG,
                    FieldType.INT24,
                    FieldType.FLOAT,
                    FieldType.LONGLONG,
                    FieldType.DOUBLE,
                    FieldType.DATE,
                    FieldType.NEWDATE,
                    FieldType.DATETIME,
                    FieldType.TIMESTAMP,
                    FieldType.TIME,
                    FieldType.NULL -> false;
            default -> throw new Malformed("values of a type that is not known");
        };
    }

    /// Length of a value that is no string, in bytes; it stands at `at`.
    static int length(int type, byte[] bytes, int at, int end) throws Malformed {
        int length = switch (type) {
            case FieldType.TINY -> 1;
            case FieldType.SHORT, FieldType.YEAR -> 2;
            case FieldType.LONG, FieldType.INT24, FieldType.FLOAT -> 4;
            case FieldType.LONGLONG, FieldType.DOUBLE -> 8;
            case FieldType.NULL -> 0;
            default -> at < end ? 1 + timeLength(type, bytes[at] & 0xff) : 1;
        };
        if (length > end - at) {
            throw new Malformed("a value that is cut off");
        }
        return length;
    }

    private static int timeLength(int type, int length) throws Malformed {
        boolean known = type == FieldType.TIME
                ? length == 0 || length == 8 || length == 12
                : length == 0 || length == 4 || length == 7 || length == 11;
        if (!known) {
            throw new Malformed("a time of " + length + " bytes");
        }
        return length;
    }

    /// The text of a value that is no string.
    static byte[] text(int type, boolean unsigned, byte[] bytes, int at) {
        var text = switch (type) {
            case FieldType.TINY, FieldType.SHORT, FieldType.YEAR, FieldType.LONG, FieldType.INT24, FieldType.LONGLONG ->
                integer(type, unsigned, bytes, at);
            case FieldType.FLOAT -> decimal(Float.toString(Float.intBitsToFloat((int) number(bytes, at, 4))));
            case FieldType.DOUBLE -> decimal(Double.toString(Double.longBitsToDouble(number(bytes, at, 8))));
            case FieldType.TIME -> span(bytes, at);
            default -> moment(type, bytes, at);
        };
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int width(int type) {
        return switch (type) {
            case FieldType.TINY -> 1;
            case FieldType.SHORT, FieldType.YEAR -> 2;
            case FieldType.LONGLONG -> 8;
            default -> 4;
        };
    }

    private static String integer(int type, boolean unsigned, byte[] bytes, int at) {
        int width = width(type);
        long value = number(bytes, at, width);
        if (unsigned) {
            return Long.toUnsignedString(value);
        }
        int unused = 64 - 8 * width;
        return Long.toString(value << unused >> unused);
    }

    private static long number(byte[] bytes, int at, int width) {
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        return value;
    }

    /// Without an exponent, so that what looks like a number of a card is seen.
    private static String decimal(String java) {
        try {
            return new BigDecimal(java).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            // not a number, or infinite
            return java;
        }
    }

    private static String moment(int type, byte[] bytes, int at) {
        int length = bytes[at] & 0xff;
        var text = new StringBuilder(26);
        pad(text, length < 4 ? 0 : number(bytes, at + 1, 2), 4).append('-');
        pad(text, length < 4 ? 0 : bytes[at + 3], 2).append('-');
        pad(text, length < 4 ? 0 : bytes[at + 4], 2);
        if (type != FieldType.DATE && type != FieldType.NEWDATE) {
            text.append(' ');
            clock(text, bytes, at + 5, length >= 7, length >= 11);
        }
        return text.toString();
    }

    private static String span(byte[] bytes, int at) {
        int length = bytes[at] & 0xff;
        var text = new StringBuilder(20);
        if (length >= 8 && bytes[at + 1] == 1) {
            text.append('-');
        }
        long hours = length >= 8 ? number(bytes, at + 2, 4) * 24 + (bytes[at + 6] & 0xff) : 0;
        pad(text, hours, 2).append(':');
        pad(text, length >= 8 ? bytes[at + 7] : 0, 2).append(':');
        pad(text, length >= 8 ? bytes[at + 8] : 0, 2);
        if (length >= 12) {
            pad(text.append('.'), number(bytes, at + 9, 4), 6);
        }
        return text.toString();
    }

    private static void clock(StringBuilder text, byte[] bytes, int at, boolean given, boolean micros) {
        pad(text, given ? bytes[at] : 0, 2).append(':');
        pad(text, given ? bytes[at + 1] : 0, 2).append(':');
        pad(text, given ? bytes[at + 2] : 0, 2);
        if (micros) {
            pad(text.append('.'), number(bytes, at + 3, 4), 6);
        }
    }

    private static StringBuilder pad(StringBuilder text, long value, int width) {
        var digits = Long.toString(value);
        return text.repeat('0', Math.max(0, width - digits.length())).append(digits);
    }

    /// The value of a text, as it stands in a row; empty when the type cannot hold it.
    static Optional<byte[]> binary(int type, boolean unsigned, byte[] text) {
        var value = new String(text, StandardCharsets.UTF_8).strip();
        try {
            return switch (type) {
                case FieldType.TINY,
                        FieldType.SHORT,
                        FieldType.YEAR,
                        FieldType.LONG,
                        FieldType.INT24,
                        FieldType.LONGLONG -> integer(type, unsigned, value);
                case FieldType.FLOAT ->
                    Optional.of(new Bytes()
                            .int32(Float.floatToIntBits(Float.parseFloat(value)))
                            .copy());
                case FieldType.DOUBLE ->
                    Optional.of(new Bytes()
                            .int64(Double.doubleToLongBits(Double.parseDouble(value)))
                            .copy());
                case FieldType.TIME -> span(value);
                case FieldType.DATE, FieldType.NEWDATE, FieldType.DATETIME, FieldType.TIMESTAMP -> moment(value);
                default -> Optional.empty();
            };
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> integer(int type, boolean unsigned, String value) {
        var number = new BigInteger(value);
        int bits = 8 * width(type);
        boolean fits = unsigned ? number.signum() >= 0 && number.bitLength() <= bits : number.bitLength() < bits;
        if (!fits) {
            return Optional.empty();
        }
        var whole = new Bytes().int64(number.mod(TWO_64).longValue()).copy();
        return Optional.of(java.util.Arrays.copyOf(whole, width(type)));
    }

    private static Optional<byte[]> moment(String value) {
        var parts = MOMENT.matcher(value);
        if (!parts.matches()) {
            return Optional.empty();
        }
        boolean clock = parts.group(4) != null;
        boolean micros = parts.group(7) != null;
        var bytes = new Bytes()
                .int8(micros ? 11 : clock ? 7 : 4)
                .int16(Integer.parseInt(parts.group(1)))
                .int8(Integer.parseInt(parts.group(2)))
                .int8(Integer.parseInt(parts.group(3)));
        if (clock) {
            bytes.int8(Integer.parseInt(parts.group(4)))
                    .int8(Integer.parseInt(parts.group(5)))
                    .int8(Integer.parseInt(parts.group(6)));
        }
        if (micros) {
            bytes.int32(micros(parts.group(7)));
        }
        return Optional.of(bytes.copy());
    }

    private static Optional<byte[]> span(String value) {
        var parts = SPAN.matcher(value);
        if (!parts.matches()) {
            return Optional.empty();
        }
        boolean micros = parts.group(5) != null;
        int hours = Integer.parseInt(parts.group(2));
        var bytes = new Bytes()
                .int8(micros ? 12 : 8)
                .int8(parts.group(1).isEmpty() ? 0 : 1)
                .int32(hours / 24)
                .int8(hours % 24)
                .int8(Integer.parseInt(parts.group(3)))
                .int8(Integer.parseInt(parts.group(4)));
        if (micros) {
            bytes.int32(micros(parts.group(5)));
        }
        return Optional.of(bytes.copy());
    }

    private static int micros(String digits) {
        return Integer.parseInt((digits + "000000").substring(0, 6));
    }
}
