package dev.sallyport.inspect.mysql;

import java.nio.charset.StandardCharsets;

/// Errors of the server's ("ERR_Packet"), with what is masked in their words.
final class Errors {

    private static final String UNKNOWN_STATE = "HY000";

    private Errors() {}

    /// @param body after its first byte
    static Refusal read(Body body, Terms terms) throws Malformed {
        int code = body.int16();
        var rest = body.rest();
        boolean marked = rest.length >= 6 && rest[0] == '#';
        var state = marked ? new String(rest, 1, 5, StandardCharsets.US_ASCII) : UNKNOWN_STATE;
        var charset = terms.session().messages();
        var message = new String(rest, marked ? 6 : 0, rest.length - (marked ? 6 : 0), charset);
        if (terms.masks()) {
            message = new String(
                    terms.masking().message(message.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        }
        return new Refusal(code, state.matches("[A-Z0-9]{5}") ? state : UNKNOWN_STATE, message);
    }

    /// Writes it in the character set in which the client expects messages.
    static void write(Refusal error, Terms terms) {
        error.write(terms.toClient(), terms.session().messages());
    }
}
