package dev.sallyport.inspect.postgres;

import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.inspect.postgres.Body.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The parameters of a prepared statement as text for people ("Message Formats": Parse, Bind).
final class Parameters {

    /// Most that the protocol counts.
    private static final int MOST = 65_535;

    private static final int TEXT = 0;

    private Parameters() {}

    /// The types that a Parse message gives its parameters.
    static List<Integer> types(byte[] parse) throws Malformed {
        var body = new Body(parse, 5, parse.length);
        var _ = body.zeroEnded();
        var _ = body.zeroEnded();
        int count = body.int16();
        var types = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            types.add(body.int32());
        }
        return List.copyOf(types);
    }

    /// The values of a Bind message, read from its formats on: `null`, text in quotes, or bytes that are not known to
    /// be
    /// text. Of more than [HeldStatement] takes there are as many as make it too long.
    static List<String> of(Body body, List<Integer> types) throws Malformed {
        int formats = body.int16();
        var binary = new ArrayList<Boolean>();
        for (int i = 0; i < formats; i++) {
            binary.add(body.int16() != TEXT);
        }
        int count = body.int16();
        if (count > MOST || (formats > 1 && formats != count)) {
            throw new Malformed("as many formats as parameters, or one, or none");
        }
        var values = new ArrayList<String>();
        long length = 0;
        for (int i = 0; i < count; i++) {
            int bytes = body.int32();
            if (bytes == -1) {
                values.add("null");
                continue;
            }
            var value = body.take(bytes);
            if (length > HeldStatement.LONGEST || values.size() > HeldStatement.MOST_PARAMETERS) {
                continue;
            }
            boolean isBinary = formats == 1 ? binary.getFirst() : formats > 0 && binary.get(i);
            values.add(shown(value, isBinary, i < types.size() ? types.get(i) : 0));
            length += values.getLast().length();
        }
        return values;
    }

    private static String shown(byte[] value, boolean binary, int type) {
        var bytes = binary ? Values.text(type, value) : Optional.of(value);
        if (bytes.isPresent()) {
            var text = new String(bytes.get(), StandardCharsets.UTF_8);
            if (text.indexOf('\0') < 0 && java.util.Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes.get())) {
                return "'" + text.replace("'", "''") + "'";
            }
        }
        return "bytes " + HexFormat.of().formatHex(value);
    }
}
