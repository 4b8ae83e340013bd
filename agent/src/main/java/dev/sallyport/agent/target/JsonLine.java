package dev.sallyport.agent.target;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// Writes one object of JSON on one line, for a recording.
public final class JsonLine {

    /// Longest text, in characters; what is longer is cut.
    public static final int LONGEST_TEXT = 4_096;

    private final StringBuilder text = new StringBuilder("{");

    public JsonLine with(String key, String value) {
        key(key).append('"');
        value.codePoints().limit(LONGEST_TEXT).forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').appendCodePoint(c);
            } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
                text.append("\\u%04x".formatted(c));
            } else {
                text.appendCodePoint(c);
            }
        });
        text.append('"');
        return this;
    }

    public JsonLine with(String key, byte[] name) {
        return with(key, new String(name, StandardCharsets.UTF_8));
    }

    public JsonLine with(String key, long number) {
        key(key).append(number);
        return this;
    }

    public JsonLine with(String key, boolean value) {
        key(key).append(value);
        return this;
    }

    public JsonLine hash(Optional<byte[]> sha256) {
        return sha256.map(hash -> with("sha256", HexFormat.of().formatHex(hash)))
                .orElse(this);
    }

    private StringBuilder key(String key) {
        return text.append(text.length() > 1 ? ",\"" : "\"").append(key).append("\":");
    }

    /// How long the line is so far.
    public int length() {
        return text.length();
    }

    public String line() {
        return text + "}";
    }
}
