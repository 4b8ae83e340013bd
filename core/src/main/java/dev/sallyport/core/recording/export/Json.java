package dev.sallyport.core.recording.export;

/// Writes JSON strings (RFC 8259).
public final class Json {

    private Json() {}

    /// The text as a JSON string, with its quotes. All control characters are escaped, so that the result is
    /// one harmless line even where it is shown as it is.
    public static String quoted(String text) {
        var out = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (mustBeEscaped(text, i)) {
                        out.append("\\u%04x".formatted((int) character));
                    } else {
                        out.append(character);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private static boolean mustBeEscaped(String text, int i) {
        char character = text.charAt(i);
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.SURROGATE -> {
                boolean pairs = Character.isHighSurrogate(character)
                        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
                yield !pairs;
            }
            default -> false;
        };
    }
}
