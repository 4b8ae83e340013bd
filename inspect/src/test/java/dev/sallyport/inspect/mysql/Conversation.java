package dev.sallyport.inspect.mysql;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A wire with a client and a server that say what the test has them say, and the surroundings in between.
final class Conversation implements Wire.Sink {

    static final String PASSWORD = "pencil";

    /// 20 bytes, as servers make them.
    static final byte[] NONCE = ascii("12345678abcdefghijkl");

    /// What the server offers besides TLS.
    static final int SERVER = Capabilities.offered(true) | Capabilities.CONNECT_WITH_DB;

    /// What the client chooses.
    static final int CLIENT = Capabilities.offered(false) & ~Capabilities.SESSION_TRACK;

    final MysqlWire wire;
    final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
    final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    final List<Asked> asked = new ArrayList<>();
    final List<Answered> answered = new ArrayList<>();
    Optional<ClientStart> start = Optional.empty();
    Optional<String> ended = Optional.empty();
    Optional<CancelKey> cancelled = Optional.empty();
    boolean secure;
    boolean loggedIn;

    private final Judge judge;
    private final Bytes ahead = new Bytes();
    private Optional<Asked> asking = Optional.empty();
    private int piece = Integer.MAX_VALUE;

    Conversation(Judge judge, Masking masking, MysqlOptions options) {
        this.judge = judge;
        this.wire = new MysqlWire(masking, new Random(7), options);
        wire.begin(this);
    }

    Conversation(Judge judge, Masking masking) {
        this(judge, masking, MysqlOptions.STRICT);
    }

    /// A conversation whose client and server have logged in, with what was said until then forgotten.
    static Conversation loggedIn(Judge judge, Masking masking) {
        return loggedIn(judge, masking, CLIENT, SERVER);
    }

    static Conversation loggedIn(Judge judge, Masking masking, int client, int server) {
        return loggedIn(new Conversation(judge, masking), client, server);
    }

    static Conversation loggedIn(Conversation one, int client, int server) {
        one.client(login(client, Optional.of(ClientProof.NATIVE)));
        one.connected(ServerLogin.Tls.DISABLE, false);
        one.server(greeting(server, ClientProof.NATIVE));
        one.server(packet(2, ok(2)));
        if (Capabilities.has(server, Capabilities.SESSION_TRACK)) {
            one.server(packet(1, ok(2)));
        }
        boolean deprecates = Capabilities.has(client & server, Capabilities.DEPRECATE_EOF);
        one.server(result(
                deprecates,
                List.of(column("a", 253), column("b", 253), column("c", 253), column("d", 253)),
                List.of(textRow("utf8mb4", "utf8mb4", "", "shop"))));
        if (!one.loggedIn) {
            throw new AssertionError("not logged in: " + one.ended);
        }
        one.toClient.reset();
        one.toServer.reset();
        return one;
    }

    /// From now on everything is fed in pieces of so many bytes.
    Conversation inPieces(int bytes) {
        piece = bytes;
        return this;
    }

    void connected(ServerLogin.Tls tls, boolean cleartext) {
        wire.connected(
                new ServerLogin(
                        "app", Optional.of(Secret.of(PASSWORD)), Optional.of("shop"), tls, cleartext, "sallyport"),
                this);
    }

    /// What it says waits until the wire takes it, as the surroundings have it wait.
    void client(byte[] bytes) {
        ahead.add(bytes);
        feed();
    }

    private void feed() {
        int at = 0;
        while (at < ahead.length() && ended.isEmpty() && !wire.awaits()) {
            int to = piece < ahead.length() - at ? at + piece : ahead.length();
            wire.client(ahead.array(), at, to, this);
            at = to;
            decide();
        }
        ahead.dropUntil(at);
    }

    void server(byte[] bytes) {
        for (int at = 0; at < bytes.length && ended.isEmpty(); ) {
            int to = piece < bytes.length - at ? at + piece : bytes.length;
            wire.server(bytes, at, to, this);
            decide();
            at = to;
        }
        feed();
    }

    /// The same with one cut.
    void server(byte[] bytes, int cut) {
        wire.server(bytes, 0, cut, this);
        decide();
        if (ended.isEmpty()) {
            wire.server(bytes, cut, bytes.length, this);
            decide();
        }
        feed();
    }

    private void decide() {
        while (asking.isPresent() && ended.isEmpty()) {
            var one = asking.get();
            asking = Optional.empty();
            wire.judged(judge.judge(one), this);
        }
    }

    // ---- what is said

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] packet(int sequence, byte[] payload) {
        var out = new Bytes();
        int at = out.begin();
        out.add(payload);
        var _ = out.end(at, sequence);
        return out.copy();
    }

    static byte[] command(int code, byte[] rest) {
        return packet(0, new Bytes().int8(code).add(rest).copy());
    }

    static byte[] query(String text) {
        return command(3, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] greeting(int capabilities, String plugin) {
        var out = new Outgoing();
        new Greeting("8.0.36", 4711, NONCE, capabilities, Charsets.UTF8MB4, Status.AUTOCOMMIT, plugin).write(out);
        var bytes = new ByteArrayOutputStream();
        out.flush((from, start, end) -> bytes.write(from, start, end - start));
        return bytes.toByteArray();
    }

    /// "Protocol::HandshakeResponse41"
    static byte[] login(int capabilities, Optional<String> plugin) {
        var out = new Bytes()
                .int32(capabilities)
                .int32(1 << 24)
                .int8(Charsets.UTF8MB4)
                .zeros(23)
                .zeroEnded("anyone")
                .string(ascii("whatever-whatever-xx"))
                .zeroEnded("shop");
        plugin.ifPresent(out::zeroEnded);
        out.string(new Bytes().string("program_name").string("books").copy());
        return packet(1, out.copy());
    }

    static byte[] ok(int status) {
        return new Bytes().int8(0).number(0).number(0).int16(status).int16(0).copy();
    }

    static byte[] changed(int rows, int status) {
        return new Bytes().int8(0).number(rows).number(0).int16(status).int16(0).copy();
    }

    static byte[] error(int code, String state, String words) {
        return new Bytes()
                .int8(0xff)
                .int16(code)
                .int8('#')
                .add(ascii(state))
                .add(words.getBytes(StandardCharsets.UTF_8))
                .copy();
    }

    static byte[] eof(boolean deprecated, int status) {
        return deprecated
                ? new Bytes()
                        .int8(0xfe)
                        .number(0)
                        .number(0)
                        .int16(status)
                        .int16(0)
                        .copy()
                : new Bytes().int8(0xfe).int16(0).int16(status).copy();
    }

    /// "Protocol::ColumnDefinition41"
    static byte[] column(String name, int type) {
        return new Bytes()
                .string("def")
                .string("shop")
                .string("t")
                .string("t")
                .string(name)
                .string(name)
                .int8(12)
                .int16(Charsets.UTF8MB4)
                .int32(1_024)
                .int8(type)
                .int16(0)
                .int8(0)
                .int16(0)
                .copy();
    }

    static byte[] textRow(String... values) {
        var out = new Bytes();
        for (var value : values) {
            out.string(value);
        }
        return out.copy();
    }

    static byte[] result(boolean deprecates, List<byte[]> columns, List<byte[]> rows) {
        return result(1, deprecates, columns, rows, Status.AUTOCOMMIT);
    }

    static byte[] result(int sequence, boolean deprecates, List<byte[]> columns, List<byte[]> rows, int status) {
        var out = new Bytes();
        int next = sequence;
        out.add(packet(next++, new Bytes().number(columns.size()).copy()));
        for (var one : columns) {
            out.add(packet(next++, one));
        }
        if (!deprecates) {
            out.add(packet(next++, eof(false, status)));
        }
        for (var one : rows) {
            out.add(packet(next++, one));
        }
        return out.add(packet(next, eof(deprecates, status))).copy();
    }

    static byte[] all(byte[]... parts) {
        var out = new Bytes();
        for (var part : parts) {
            out.add(part);
        }
        return out.copy();
    }

    /// The payloads of packets.
    static List<byte[]> payloads(byte[] bytes) {
        var all = new ArrayList<byte[]>();
        for (int at = 0; at < bytes.length; ) {
            int end = at + Packet.HEAD + Packet.length(bytes, at);
            all.add(java.util.Arrays.copyOfRange(bytes, at + Packet.HEAD, end));
            at = end;
        }
        return all;
    }

    /// What a side was sent, as text.
    static String words(ByteArrayOutputStream sent) {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    // ---- the sink

    @Override
    public void toClient(byte[] bytes, int from, int to) {
        toClient.write(bytes, from, to - from);
    }

    @Override
    public void toServer(byte[] bytes, int from, int to) {
        toServer.write(bytes, from, to - from);
    }

    @Override
    public void start(ClientStart said) {
        start = Optional.of(said);
    }

    @Override
    public void secure() {
        secure = true;
    }

    @Override
    public void loggedIn() {
        loggedIn = true;
    }

    @Override
    public void ask(Asked statement) {
        asked.add(statement);
        asking = Optional.of(statement);
    }

    @Override
    public void answered(Answered answer) {
        answered.add(answer);
    }

    @Override
    public void cancel(CancelKey key) {
        cancelled = Optional.of(key);
    }

    @Override
    public void end(String why) {
        if (ended.isPresent()) {
            throw new AssertionError("it ends twice: " + ended.get() + ", then " + why);
        }
        ended = Optional.of(why);
    }
}
