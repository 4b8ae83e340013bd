package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.database.ResultMask;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// In which form a column's texts come, so that they can be looked at as UTF-8.
sealed interface Form {

    /// UTF-8, or bytes that are no text: looked at as they are.
    record AsIs() implements Form {}

    /// A character set that is looked at by way of UTF-8.
    record Coded(CharsetDecoder decoder, CharsetEncoder encoder) implements Form {}

    /// A character set that is not known: whatever has to be looked at is withheld.
    record Unknown() implements Form {}

    /// @param collation the column's
    /// @param results what results are sent in; empty: each column in its own
    static Form of(int collation, Optional<String> results) {
        if (collation == Charsets.BINARY) {
            return new AsIs();
        }
        var name = results.isPresent() ? results : Charsets.ofCollation(collation);
        return name.flatMap(Charsets::java).map(Form::of).orElseGet(Unknown::new);
    }

    private static Form of(Charset charset) {
        boolean asIs = charset.equals(StandardCharsets.UTF_8)
                || charset.equals(StandardCharsets.US_ASCII)
                || charset.equals(StandardCharsets.ISO_8859_1);
        return asIs || !charset.canEncode() ? new AsIs() : new Coded(charset.newDecoder(), charset.newEncoder());
    }

    /// Looks at a value, and says what becomes of it in the same form.
    default Masked look(ResultMask mask, int column, byte[] bytes, int from, int to) {
        return switch (this) {
            case AsIs() -> mask.value(column, bytes, from, to);
            case Coded(var decoder, var encoder) -> coded(decoder, encoder, mask, column, bytes, from, to);
            case Unknown() -> Masked.NULL;
        };
    }

    private static Masked coded(
            CharsetDecoder decoder,
            CharsetEncoder encoder,
            ResultMask mask,
            int column,
            byte[] bytes,
            int from,
            int to) {
        try {
            var text = decoder.decode(ByteBuffer.wrap(bytes, from, to - from));
            var utf8 = StandardCharsets.UTF_8.encode(text);
            return switch (mask.value(column, utf8.array(), utf8.arrayOffset(), utf8.limit())) {
                case Masked.Same same -> same;
                case Masked.Null none -> none;
                case Masked.Text(var changed) -> new Masked.Text(encoded(encoder, changed));
            };
        } catch (CharacterCodingException e) {
            // what is not text of its own character set, or has no form in it, cannot be shown safely
            return Masked.NULL;
        }
    }

    private static byte[] encoded(CharsetEncoder encoder, byte[] utf8) throws CharacterCodingException {
        var text = CharBuffer.wrap(new String(utf8, StandardCharsets.UTF_8));
        var buffer = encoder.encode(text);
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
