package dev.sallyport.core.review;

import dev.sallyport.core.hash.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A statement as it waits for an approval: its exact text and, of a prepared one, the values that it would run with.
///
/// @param text at least one character, without a zero
/// @param parameters each as text for people, without a zero; none: it has none
public record HeldStatement(String text, List<String> parameters) {

    /// Longest text with all parameters, in bytes of UTF-8. What is longer is refused: nobody reads it.
    public static final int LONGEST = 65_536;

    /// Most parameters.
    public static final int MOST_PARAMETERS = 1_000;

    public HeldStatement {
        parameters = List.copyOf(parameters);
        if (parameters.size() > MOST_PARAMETERS) {
            throw new IllegalArgumentException("it has more than " + MOST_PARAMETERS + " parameters");
        }
        if (text.isEmpty() || text.indexOf('\0') >= 0 || parameters.stream().anyMatch(one -> one.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException("it has a zero in it, or nothing at all");
        }
        long length = bytes(text).length;
        for (var parameter : parameters) {
            length += 1L + bytes(parameter).length;
        }
        if (length > LONGEST) {
            throw new IllegalArgumentException("it is longer than " + LONGEST + " bytes");
        }
    }

    /// What an approval names: of the text's bytes, each parameter after it behind a zero.
    public Sha256 hash() {
        var digest = Sha256.digest();
        digest.update(bytes(text));
        for (var parameter : parameters) {
            digest.update((byte) 0);
            digest.update(bytes(parameter));
        }
        return new Sha256(digest.digest());
    }

    /// In bytes of UTF-8, at most [#LONGEST] and a little.
    public int length() {
        return bytes(text).length
                + parameters.stream().mapToInt(one -> 1 + bytes(one).length).sum();
    }

    /// Two texts never give the same bytes.
    private static byte[] bytes(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
            var bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is no text", e);
        }
    }
}
