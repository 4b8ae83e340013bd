package dev.sallyport.inspect.postgres;

import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/// Messages in short, for assertions: type letters, with the text of those that have one.
final class Told {

    private Told() {}

    static String of(byte[] bytes) {
        var told = new StringJoiner(" ");
        int at = 0;
        while (at + 5 <= bytes.length) {
            char type = (char) bytes[at];
            int end = at + 1 + Body.int32(bytes, at + 1);
            var body = new String(bytes, at + 5, end - at - 5, StandardCharsets.ISO_8859_1);
            told.add(
                    switch (type) {
                        case 'Q', 'C', 'Z' -> type + "(" + body.replace("\0", "") + ")";
                        case 'P' -> "P(" + body.split("\0", 3)[1] + ")";
                        case 'E', 'N' ->
                            type + (body.contains("C") && body.startsWith("S") ? "(" + code(body) + ")" : "");
                        default -> String.valueOf(type);
                    });
            at = end;
        }
        if (at < bytes.length) {
            told.add("+" + (bytes.length - at));
        }
        return told.toString();
    }

    private static String code(String body) {
        for (var field : body.split("\0", -1)) {
            if (field.startsWith("C")) {
                return field.substring(1);
            }
        }
        return "";
    }
}
