package dev.sallyport.inspect.mysql;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// An error of ours in the protocol's words ("ERR_Packet").
///
/// @param code MySQL's number ("Server Error Message Reference")
/// @param state SQLSTATE, five characters
record Refusal(int code, String state, String message) {

    static final String NOT_ALLOWED = "42501";

    /// Longest message that clients keep (`MYSQL_ERRMSG_SIZE`), in characters.
    private static final int LONGEST = 511;

    /// A statement that a rule does not let through.
    static Refusal of(String rule, String message) {
        return new Refusal(
                1227,
                NOT_ALLOWED,
                message + " (refused by the guardrail rule " + rule
                        + "; ask who looks after this connection if you need to run it)");
    }

    /// Something that nobody may do on this connection.
    static Refusal never(String message) {
        return new Refusal(1227, NOT_ALLOWED, message);
    }

    /// A statement whose user waits no more, in the words of servers (`ER_QUERY_INTERRUPTED`).
    static Refusal interrupted() {
        return new Refusal(1317, "70100", "Query execution was interrupted");
    }

    static Refusal unknownStatement() {
        return new Refusal(1243, "HY000", "Unknown prepared statement handler given to EXECUTE");
    }

    static Refusal tooLong(String what) {
        return new Refusal(1153, "08S01", what);
    }

    /// The session is over.
    static Refusal fatal(String sentence) {
        return new Refusal(1105, "08S01", sentence);
    }

    void write(Outgoing out) {
        write(out, StandardCharsets.UTF_8);
    }

    /// @param charset what the client expects messages in
    void write(Outgoing out, Charset charset) {
        int packet = out.begin();
        var text = message.replace('\0', ' ');
        if (text.length() > LONGEST) {
            text = text.substring(0, LONGEST);
        }
        out.bytes()
                .int8(0xff)
                .int16(code)
                .int8('#')
                .add(state.getBytes(StandardCharsets.US_ASCII))
                .add(text.getBytes(charset));
        out.end(packet);
    }
}
