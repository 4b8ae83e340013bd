package dev.sallyport.agent.ssh;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// Writes the lines of JSON that say what happened to a file.
///
/// Always `protocol` and `operation`; then, as far as they apply, `path`, `to`, `bytes`, `sha256` (of the bytes
/// that passed, when they passed in order), `result` (`ok`, or what the target said) and `complete`.
final class FileRecord {

    /// Longest name, in bytes; what is longer is cut.
    static final int LONGEST_NAME = 4_096;

    private final StringBuilder text = new StringBuilder("{");

    FileRecord(String protocol, String operation) {
        with("protocol", protocol);
        with("operation", operation);
    }

    FileRecord with(String key, String value) {
        text.append(text.length() > 1 ? ",\"" : "\"").append(key).append("\":\"");
        value.codePoints().limit(LONGEST_NAME).forEach(c -> {
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

    FileRecord with(String key, byte[] name) {
        return with(key, new String(name, StandardCharsets.UTF_8));
    }

    FileRecord with(String key, long number) {
        text.append(",\"").append(key).append("\":").append(number);
        return this;
    }

    FileRecord with(String key, boolean value) {
        text.append(",\"").append(key).append("\":").append(value);
        return this;
    }

    FileRecord hash(Optional<byte[]> sha256) {
        return sha256.map(hash -> with("sha256", HexFormat.of().formatHex(hash)))
                .orElse(this);
    }

    /// How long the line is so far.
    int length() {
        return text.length();
    }

    String line() {
        return text + "}";
    }
}
