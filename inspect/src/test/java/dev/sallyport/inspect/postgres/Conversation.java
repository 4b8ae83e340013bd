package dev.sallyport.inspect.postgres;

import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import dev.sallyport.inspect.sql.Reading;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A wire with a client and a server that say what the test has them say, and the surroundings in between.
final class Conversation implements Wire.Sink {

    static final Judge ALLOW = asked -> new Judged(Verdict.ALLOW, new Reading.Unread("not looked at"));

    final PostgresWire wire;
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
    private Optional<Asked> asking = Optional.empty();
    private int piece = Integer.MAX_VALUE;

    Conversation(Judge judge, Masking masking) {
        this.judge = judge;
        this.wire = new PostgresWire(masking, new Random(7));
        wire.begin(this);
    }

    /// A conversation whose client and server have logged in, with what was said until then forgotten.
    static Conversation loggedIn(Judge judge, Masking masking) {
        var one = new Conversation(judge, masking);
        one.client(start("anyone", "database", "shop"));
        one.connected(ServerLogin.Tls.DISABLE);
        one.server(message('R', int32(0)));
        one.server(message('S', text("client_encoding"), text("UTF8")));
        one.server(message('S', text("standard_conforming_strings"), text("on")));
        one.server(message('K', int32(4711), int32(815)));
        one.server(message('Z', "I".getBytes(StandardCharsets.US_ASCII)));
        one.toClient.reset();
        one.toServer.reset();
        return one;
    }

    /// From now on everything is fed in pieces of so many bytes.
    Conversation inPieces(int bytes) {
        piece = bytes;
        return this;
    }

    void connected(ServerLogin.Tls tls) {
        wire.connected(
                new ServerLogin("app", Optional.of(Secret.of("pencil")), Optional.of("shop"), tls, false, "sallyport"),
                this);
    }

    void client(byte[] bytes) {
        for (int at = 0; at < bytes.length && ended.isEmpty(); ) {
            int to = piece < bytes.length - at ? at + piece : bytes.length;
            wire.client(bytes, at, to, this);
            decide();
            at = to;
        }
    }

    void server(byte[] bytes) {
        for (int at = 0; at < bytes.length && ended.isEmpty(); ) {
            int to = piece < bytes.length - at ? at + piece : bytes.length;
            wire.server(bytes, at, to, this);
            decide();
            at = to;
        }
    }

    private void decide() {
        while (asking.isPresent() && ended.isEmpty()) {
            var one = asking.get();
            asking = Optional.empty();
            wire.judged(judge.judge(one), this);
        }
    }

    // ---- what is said

    static byte[] message(char type, byte[]... parts) {
        var out = new Bytes();
        int at = out.begin(type);
        for (var part : parts) {
            out.add(part);
        }
        out.end(at);
        return out.copy();
    }

    static byte[] start(String user, String... settings) {
        var out = new Bytes().int32(0).int32(3 << 16).text("user").text(user);
        for (var one : settings) {
            out.text(one);
        }
        out.int8(0);
        out.end(0);
        return out.copy();
    }

    static byte[] query(String text) {
        return message('Q', text(text));
    }

    static byte[] parse(String name, String text) {
        return message('P', text(name), text(text), int16(0));
    }

    static byte[] bind(String portal, String statement) {
        return message('B', text(portal), text(statement), int16(0), int16(0), int16(0));
    }

    static byte[] execute(String portal) {
        return message('E', text(portal), int32(0));
    }

    static byte[] sync() {
        return message('S');
    }

    static byte[] complete(String tag) {
        return message('C', text(tag));
    }

    static byte[] ready(char status) {
        return message('Z', new byte[] {(byte) status});
    }

    static byte[] error(String code, String sentence) {
        return message('E', text("SERROR"), text("C" + code), text("M" + sentence), new byte[1]);
    }

    /// A description of columns in this format, with these types.
    static byte[] description(int format, int... types) {
        var out = new Bytes().int16(types.length);
        for (int i = 0; i < types.length; i++) {
            out.text("c" + i)
                    .int32(0)
                    .int16(0)
                    .int32(types[i])
                    .int16(-1)
                    .int32(-1)
                    .int16(format);
        }
        return message('T', out.copy());
    }

    static byte[] row(byte[]... values) {
        var out = new Bytes().int16(values.length);
        for (var value : values) {
            out.int32(value.length).add(value);
        }
        return message('D', out.copy());
    }

    static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] int16(int value) {
        return new Bytes().int16(value).copy();
    }

    static byte[] int32(int value) {
        return new Bytes().int32(value).copy();
    }

    static byte[] all(byte[]... parts) {
        var out = new Bytes();
        for (var part : parts) {
            out.add(part);
        }
        return out.copy();
    }

    /// What the client was sent, message by message, as `T(length)`, errors with their code.
    String seen() {
        return Told.of(toClient.toByteArray());
    }

    /// What the server was sent, queries and parses with their text.
    String sent() {
        return Told.of(toServer.toByteArray());
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
