package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.database.Column.ValueType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/// PostgreSQL's types by their object ids (`pg_type.dat`), and their binary forms (`…send` and `…recv` functions).
final class Values {

    private Values() {}

    /// What masked values of this type must still be.
    static ValueType type(int oid) {
        return switch (oid) {
            case 25, 1043, 1042, 19, 18, 705, 142, 2275, 194 -> ValueType.TEXT;
            case 20, 21, 23, 26 -> ValueType.INTEGER;
            case 1700, 700, 701, 790 -> ValueType.NUMBER;
            case 16 -> ValueType.BOOLEAN;
            case 114, 3802 -> ValueType.JSON;
            case 17 -> ValueType.BYTES;
            case 1082, 1083, 1114, 1184, 1266, 1186 -> ValueType.TIME;
            case 2950 -> ValueType.UUID;
            default -> ValueType.OTHER;
        };
    }

    /// The type of an array's elements.
    static Optional<Integer> element(int oid) {
        return switch (oid) {
            case 1009 -> Optional.of(25);
            case 1015 -> Optional.of(1043);
            case 1014 -> Optional.of(1042);
            case 1003 -> Optional.of(19);
            case 199 -> Optional.of(114);
            case 3807 -> Optional.of(3802);
            case 1005 -> Optional.of(21);
            case 1007 -> Optional.of(23);
            case 1016 -> Optional.of(20);
            case 1231 -> Optional.of(1700);
            case 2951 -> Optional.of(2950);
            case 1001 -> Optional.of(17);
            default -> Optional.empty();
        };
    }

    /// The text form of a value in binary form; empty for a type that is not known here, or bytes that are not of it.
    static Optional<byte[]> text(int oid, byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        return switch (oid) {
            case 25, 1043, 1042, 19, 18, 705, 142, 2275, 114, 194 -> Optional.of(bytes);
            case 3802 ->
                bytes.length > 0 && bytes[0] == 1
                        ? Optional.of(Arrays.copyOfRange(bytes, 1, bytes.length))
                        : Optional.empty();
            case 21 -> bytes.length == 2 ? ascii(Short.toString(in.getShort())) : Optional.empty();
            case 23 -> bytes.length == 4 ? ascii(Integer.toString(in.getInt())) : Optional.empty();
            case 26 -> bytes.length == 4 ? ascii(Integer.toUnsignedString(in.getInt())) : Optional.empty();
            case 20 -> bytes.length == 8 ? ascii(Long.toString(in.getLong())) : Optional.empty();
            case 700 -> bytes.length == 4 ? ascii(Float.toString(in.getFloat())) : Optional.empty();
            case 701 -> bytes.length == 8 ? ascii(Double.toString(in.getDouble())) : Optional.empty();
            case 16 -> bytes.length == 1 ? ascii(bytes[0] != 0 ? "t" : "f") : Optional.empty();
            case 2950 -> bytes.length == 16 ? ascii(new UUID(in.getLong(), in.getLong()).toString()) : Optional.empty();
            case 17 -> ascii("\\x" + HexFormat.of().formatHex(bytes));
            case 1700 -> Numeric.text(bytes).map(text -> text.getBytes(StandardCharsets.US_ASCII));
            default -> Optional.empty();
        };
    }

    /// The binary form of a value in text form; empty where there is none.
    static Optional<byte[]> binary(int oid, byte[] text) {
        try {
            return switch (oid) {
                case 25, 1043, 1042, 19, 18, 705, 142, 2275, 114, 194 -> Optional.of(text);
                case 3802 -> {
                    var bytes = new byte[text.length + 1];
                    bytes[0] = 1;
                    System.arraycopy(text, 0, bytes, 1, text.length);
                    yield Optional.of(bytes);
                }
                case 21 ->
                    Optional.of(ByteBuffer.allocate(2)
                            .putShort(Short.parseShort(string(text)))
                            .array());
                case 23 ->
                    Optional.of(ByteBuffer.allocate(4)
                            .putInt(Integer.parseInt(string(text)))
                            .array());
                case 26 ->
                    Optional.of(ByteBuffer.allocate(4)
                            .putInt(Integer.parseUnsignedInt(string(text)))
                            .array());
                case 20 ->
                    Optional.of(ByteBuffer.allocate(8)
                            .putLong(Long.parseLong(string(text)))
                            .array());
                case 700 ->
                    Optional.of(ByteBuffer.allocate(4)
                            .putFloat(Float.parseFloat(string(text)))
                            .array());
                case 701 ->
                    Optional.of(ByteBuffer.allocate(8)
                            .putDouble(Double.parseDouble(string(text)))
                            .array());
                case 16 -> Optional.of(new byte[] {(byte) (string(text).startsWith("t") ? 1 : 0)});
                case 2950 -> {
                    var id = UUID.fromString(string(text));
                    yield Optional.of(ByteBuffer.allocate(16)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits())
                            .array());
                }
                case 17 ->
                    Optional.of(
                            string(text).startsWith("\\x")
                                    ? HexFormat.of().parseHex(string(text).substring(2))
                                    : text);
                case 1700 -> Optional.of(Numeric.binary(new BigDecimal(string(text))));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String string(byte[] text) {
        return new String(text, StandardCharsets.UTF_8);
    }

    private static Optional<byte[]> ascii(String text) {
        return Optional.of(text.getBytes(StandardCharsets.US_ASCII));
    }
}
