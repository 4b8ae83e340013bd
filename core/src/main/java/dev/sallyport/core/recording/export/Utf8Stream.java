package dev.sallyport.core.recording.export;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Decodes UTF-8 that comes in pieces, cut anywhere. What is no UTF-8 becomes U+FFFD.
final class Utf8Stream {

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private byte[] left = new byte[0];

    /// The text that is whole after these bytes.
    String next(byte[] bytes) {
        var in = ByteBuffer.allocate(left.length + bytes.length);
        in.put(left).put(bytes).flip();
        var out = CharBuffer.allocate(in.remaining());
        decoder.reset();
        decoder.decode(in, out, false);
        left = new byte[in.remaining()];
        in.get(left);
        return out.flip().toString();
    }

    /// What an end in mid-character leaves: U+FFFD or nothing.
    String end() {
        var text = left.length == 0 ? "" : "\ufffd";
        left = new byte[0];
        return text;
    }
}
