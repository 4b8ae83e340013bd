package dev.sallyport.cli.output;

/// Text of others, made harmless: what would move a cursor, change a terminal, reorder or hide characters is
/// spelled out.
public final class Printable {

    private Printable() {}

    /// One line: line ends are spelled out as well.
    public static String text(String foreign) {
        if (foreign.chars().allMatch(character -> character >= ' ' && character < 0x7f)) {
            return foreign;
        }
        var safe = new StringBuilder(foreign.length() + 16);
        foreign.codePoints().forEach(point -> {
            if (isHarmless(point)) {
                safe.appendCodePoint(point);
            } else {
                safe.append(
                        switch (point) {
                            case '\n' -> "\\n";
                            case '\r' -> "\\r";
                            case '\t' -> "\\t";
                            default -> point < 0x100 ? "\\x%02x".formatted(point) : "\\u{%x}".formatted(point);
                        });
            }
        });
        return safe.toString();
    }

    /// JSON with the same characters as escapes, so that it stays the same JSON. Line ends stay.
    public static String json(String json) {
        if (json.chars().allMatch(character -> character == '\n' || (character >= ' ' && character < 0x7f))) {
            return json;
        }
        var safe = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(point -> {
            if (point == '\n' || isHarmless(point)) {
                safe.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    safe.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return safe.toString();
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
