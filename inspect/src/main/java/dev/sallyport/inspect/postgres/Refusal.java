package dev.sallyport.inspect.postgres;

/// An error of ours in the protocol's words ("Error and Notice Message Fields").
///
/// @param code SQLSTATE
record Refusal(String severity, String code, String message, String detail, String hint) {

    static final String NOT_ALLOWED = "42501";

    /// A statement that a rule does not let through.
    static Refusal of(String rule, String message) {
        return new Refusal(
                "ERROR",
                NOT_ALLOWED,
                message,
                "Refused by the guardrail rule " + rule + ".",
                "Ask who looks after this connection if you need to run it.");
    }

    /// A held statement whose user waits no more.
    static Refusal stopped(String sentence) {
        return new Refusal("ERROR", "57014", sentence, "", "");
    }

    /// The session is over.
    static Refusal fatal(String sentence) {
        return new Refusal("FATAL", "08006", sentence, "", "");
    }

    static Refusal warning(String rule, String message) {
        return new Refusal("WARNING", "01000", message, "By the guardrail rule " + rule + ".", "");
    }

    static Refusal notice(String sentence) {
        return new Refusal("NOTICE", "00000", sentence, "", "");
    }

    /// As an ErrorResponse, or a NoticeResponse.
    void write(char type, Bytes out) {
        int at = out.begin(type);
        field(out, 'S', severity);
        field(out, 'V', severity);
        field(out, 'C', code);
        field(out, 'M', message);
        field(out, 'D', detail);
        field(out, 'H', hint);
        out.int8(0);
        out.end(at);
    }

    private static void field(Bytes out, char name, String value) {
        if (!value.isEmpty()) {
            out.int8(name).text(value.replace('\0', ' '));
        }
    }
}
