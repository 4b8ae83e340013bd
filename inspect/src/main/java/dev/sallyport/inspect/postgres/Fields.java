package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.postgres.Body.Malformed;
import java.nio.charset.StandardCharsets;

/// The fields of errors and notices ("Error and Notice Message Fields").
final class Fields {

    private Fields() {}

    /// The SQLSTATE.
    static String code(Body body) throws Malformed {
        return field(body, 'C');
    }

    private static String field(Body body, char wanted) throws Malformed {
        for (int name = body.int8(); name != 0; name = body.int8()) {
            var value = body.zeroEnded();
            if (name == wanted) {
                return new String(value, StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    /// A server's error as one of ours, in short.
    static Refusal refusal(byte[] bytes, int at, int end, Masking masking) {
        try {
            var message = field(new Body(bytes, at + 5, end), 'M').getBytes(StandardCharsets.UTF_8);
            return new Refusal(
                    "ERROR",
                    code(new Body(bytes, at + 5, end)),
                    new String(masking.message(message), StandardCharsets.UTF_8),
                    "",
                    "");
        } catch (Malformed e) {
            return new Refusal("ERROR", "XX000", "the database failed, and its reason was not understood", "", "");
        }
    }

    /// Writes the message again with its texts masked: those that can quote a value.
    static void masked(char type, Body body, Masking masking, Bytes out) throws Malformed {
        int message = out.begin(type);
        for (int name = body.int8(); name != 0; name = body.int8()) {
            var value = body.zeroEnded();
            boolean text = name == 'M' || name == 'D' || name == 'H' || name == 'W' || name == 'q';
            out.int8(name).add(text ? masking.message(value) : value).int8(0);
        }
        out.int8(0);
        out.end(message);
    }
}
