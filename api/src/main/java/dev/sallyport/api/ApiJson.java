package dev.sallyport.api;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.Jsonb;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/// The API's records as JSON.
///
/// A server reads strictly: a field that it does not know is an error, because it may hold a restriction. A
/// client reads leniently: a newer server may say more than it understands.
public final class ApiJson {

    private static final Jsonb STRICT = Jsonb.builder()
            .failOnUnknown(true)
            .failOnNullPrimitives(true)
            .add(Long.class, exactly(BigDecimal::longValueExact))
            .add(Integer.class, exactly(BigDecimal::intValueExact))
            .build();
    private static final Jsonb LENIENT = Jsonb.builder().serializeEmpty(true).build();

    private ApiJson() {}

    /// Writes a record. Fields without a value are left out.
    public static byte[] write(Object value) {
        return LENIENT.toJsonBytes(value);
    }

    /// Writes a record for people, indented.
    public static String pretty(Object value) {
        return LENIENT.toJsonPretty(value);
    }

    /// Reads a request.
    ///
    /// @throws NotReadable when it is not JSON of this form
    public static <T> T readStrictly(Class<T> type, byte[] json) throws NotReadable {
        try {
            checkText(json);
        } catch (CharacterCodingException e) {
            throw new NotReadable(new IllegalArgumentException("not UTF-8", e));
        }
        return read(STRICT, type, json);
    }

    /// Reads an answer.
    ///
    /// @throws NotReadable when it is not JSON of this form
    public static <T> T readLeniently(Class<T> type, byte[] json) throws NotReadable {
        return read(LENIENT, type, json);
    }

    // The library makes other characters of bytes that are no UTF-8, and takes control characters within texts.
    private static void checkText(byte[] json) throws CharacterCodingException, NotReadable {
        var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
        boolean within = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (within && character < ' ') {
                throw new NotReadable(new IllegalArgumentException("a control character within a text"));
            }
            if (character == '"') {
                within = !within;
            } else if (within && character == '\\') {
                i++;
            }
        }
    }

    // The library's own adapters take numbers that are too long and keep their lowest bits.
    private static <T extends Number> JsonAdapter<T> exactly(Function<BigDecimal, T> value) {
        return new JsonAdapter<T>() {
            @Override
            public void toJson(JsonWriter writer, T number) {
                writer.value(number.longValue());
            }

            @Override
            public T fromJson(JsonReader reader) {
                return value.apply(reader.readDecimal());
            }
        }.nullSafe();
    }

    // What the parser throws besides its own exceptions (overflow of numbers, array bounds) is the input's
    // fault as well, and an object where nothing but white space is comes out as null.
    @SuppressWarnings("ConstantValue")
    private static <T> T read(Jsonb jsonb, Class<T> type, byte[] json) throws NotReadable {
        T value;
        try (var reader = jsonb.reader(json)) {
            value = jsonb.type(type).fromJson(reader);
        } catch (RuntimeException e) {
            throw new NotReadable(e);
        }
        if (value == null) {
            throw new NotReadable(new IllegalArgumentException("nothing there"));
        }
        return value;
    }

    /// The bytes are not JSON, or not of the form that was asked for. The message may repeat input: for logs
    /// of nobody.
    public static final class NotReadable extends Exception {

        private static final long serialVersionUID = 1;

        NotReadable(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
