package dev.sallyport.edge.ssh;

/// Makes text of others safe to show: nothing of it reaches a terminal or a log as a control sequence.
final class Plain {

    /// Longest text that is shown, in characters.
    private static final int LONGEST = 1_000;

    private Plain() {}

    /// The text in one line: controls, format characters and lone surrogates become `?`, and what is too long
    /// is cut.
    static String text(String text) {
        var plain = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(point -> plain.appendCodePoint(shown(point) ? point : '?'));
        if (text.codePointCount(0, text.length()) > LONGEST) {
            plain.append('…');
        }
        return plain.toString();
    }

    private static boolean shown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
