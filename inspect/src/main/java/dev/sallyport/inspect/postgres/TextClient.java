package dev.sallyport.inspect.postgres;

import dev.sallyport.inspect.postgres.Body.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A client of PostgreSQL's protocol that asks plain queries and reads values as text: the near end for SQL that comes
/// without a client program. Without I/O, fed with what the server says, cut anywhere.
///
/// Messages: PostgreSQL 18, "Message Formats".
public final class TextClient {

    /// Longest message that is kept, in bytes.
    static final int LONGEST = 32 << 20;

    private static final int PROTOCOL_3_0 = 196_608;

    /// What the server says.
    public interface Listener {

        /// A result begins.
        void columns(List<String> names);

        /// One row of it; an empty value is null.
        void row(List<Optional<byte[]>> values);

        /// Bytes of a `COPY … TO STDOUT`.
        void copied(byte[] bytes, int from, int to);

        /// A statement is done; its tag, as `DELETE 3`.
        void done(String tag);

        /// The server wants data of a `COPY … FROM STDIN`.
        void wantsData();

        /// An error, or a notice.
        void said(Said said);

        /// The server waits for the next query.
        void ready();
    }

    /// An error or notice.
    ///
    /// @param severity `ERROR`, `FATAL`, `NOTICE`, …
    /// @param detail empty where there is none, as the hint
    public record Said(boolean error, String severity, String message, String detail, String hint) {}

    /// What came is no message of a server's.
    public static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken(String what) {
            super(what, null, false, false);
        }
    }

    private final Bytes kept = new Bytes();

    /// The start of a session.
    public static byte[] start(String user) {
        var out = new Bytes();
        out.int32(0).int32(PROTOCOL_3_0);
        out.text("user").text(user).text("client_encoding").text("UTF8").int8(0);
        var message = out.copy();
        message[2] = (byte) (message.length >> 8);
        message[3] = (byte) message.length;
        return message;
    }

    public static byte[] query(String text) {
        return message('Q', text);
    }

    /// There is no data for a `COPY`.
    public static byte[] noData(String why) {
        return message('f', why);
    }

    /// The end of a session.
    public static byte[] end() {
        var out = new Bytes();
        out.end(out.begin('X'));
        return out.copy();
    }

    private static byte[] message(char type, String text) {
        var out = new Bytes();
        int at = out.begin(type);
        out.text(text);
        out.end(at);
        return out.copy();
    }

    /// @throws Broken when it is no message; nothing is to be fed any more
    public void received(byte[] bytes, int from, int to, Listener listener) throws Broken {
        kept.add(bytes, from, to);
        int at = 0;
        try {
            while (kept.length() - at >= 5) {
                int length = Body.int32(kept.array(), at + 1);
                if (length < 4 || length > LONGEST) {
                    throw new Broken("a message that is longer than " + LONGEST + " bytes");
                }
                if (kept.length() - at < 1 + length) {
                    break;
                }
                one((char) kept.array()[at], at + 5, at + 1 + length, listener);
                at += 1 + length;
            }
        } catch (Malformed e) {
            throw new Broken(String.valueOf(e.getMessage()));
        }
        var rest = kept.copy();
        kept.clear();
        kept.add(rest, at, rest.length);
    }

    private void one(char type, int from, int to, Listener listener) throws Malformed {
        var body = new Body(kept.array(), from, to);
        switch (type) {
            case 'T' -> listener.columns(columns(body));
            case 'D' -> listener.row(row(body));
            case 'C' -> listener.done(body.text());
            case 'd' -> listener.copied(kept.array(), from, to);
            case 'G' -> listener.wantsData();
            case 'E', 'N' -> listener.said(said(type == 'E', body));
            case 'Z' -> listener.ready();
            default -> {
                // logins, parameters, notifications, empty queries: nothing to tell
            }
        }
    }

    private static List<String> columns(Body body) throws Malformed {
        int count = body.int16();
        var names = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            names.add(body.text());
            body.skip(18);
        }
        return names;
    }

    private static List<Optional<byte[]>> row(Body body) throws Malformed {
        int count = body.int16();
        var values = new ArrayList<Optional<byte[]>>();
        for (int i = 0; i < count; i++) {
            int length = body.int32();
            values.add(length < 0 ? Optional.empty() : Optional.of(body.take(length)));
        }
        return values;
    }

    private static Said said(boolean error, Body body) throws Malformed {
        var severity = "";
        var message = "";
        var detail = "";
        var hint = "";
        for (int name = body.int8(); name != 0; name = body.int8()) {
            var value = new String(body.zeroEnded(), StandardCharsets.UTF_8);
            switch (name) {
                case 'S' -> severity = value;
                case 'M' -> message = value;
                case 'D' -> detail = value;
                case 'H' -> hint = value;
                default -> {
                    // not shown
                }
            }
        }
        return new Said(error, severity, message, detail, hint);
    }
}
