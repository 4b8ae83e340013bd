package dev.sallyport.inspect.sql.mysql;

/// The text is not understood; ends the reading of all of it. Its message is a sentence for the user.
final class NotUnderstood extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Longest word of the text that a sentence repeats, in characters.
    private static final int LONGEST_WORD = 32;

    NotUnderstood(String sentence) {
        super(sentence, null, false, false);
    }

    /// Nothing of quoted names, strings and numbers is repeated: they may be data.
    static NotUnderstood at(Token token) {
        return switch (token.kind()) {
            case END -> new NotUnderstood("the text ends where more was expected");
            case WORD, OPERATOR ->
                new NotUnderstood(
                        token.text().length() > LONGEST_WORD
                                ? "a long word stands where it is not understood"
                                : "`" + token.text() + "` is not understood where it stands");
            case NAME -> new NotUnderstood("a name stands where it is not understood");
            case TEXT, NUMBER, BITS -> new NotUnderstood("a literal stands where it is not understood");
            case PARAMETER -> new NotUnderstood("a parameter stands where it is not understood");
            case VARIABLE -> new NotUnderstood("a variable stands where it is not understood");
        };
    }
}
