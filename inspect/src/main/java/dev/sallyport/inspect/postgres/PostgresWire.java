package dev.sallyport.inspect.postgres;

import dev.sallyport.core.policy.Operation;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.policy.Verdict.RowLimit;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import dev.sallyport.inspect.postgres.Body.Malformed;
import dev.sallyport.inspect.postgres.Pending.Kind;
import dev.sallyport.inspect.postgres.Pending.Portal;
import dev.sallyport.inspect.sql.Reading;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// PostgreSQL's protocol 3.0 between one client and one server.
///
/// A statement that may not run is not sent: the server is given text in its place that fails by its syntax, and the
/// client reads our error in the place of the server's. So the order of answers, what is skipped until the next
/// `Sync`, and the state of an open transaction are exactly what they are after an ordinary error, without any of it
/// being kept twice.
///
/// Whoever feeds it is one thread at a time ([Wire]).
public final class PostgresWire implements Wire {

    /// Most prepared statements, and most portals, of a session.
    public static final int MOST_PREPARED = 4_096;

    /// Most messages that the server has not answered.
    public static final int MOST_PENDING = 65_536;

    private static final int SSL = 80_877_103;
    private static final int GSS = 80_877_104;
    private static final int CANCEL = 80_877_102;

    /// Longest start-up packet (`MAX_STARTUP_PACKET_LENGTH`).
    private static final int LONGEST_START = 10_000;

    /// Longest name (`NAMEDATALEN`), in bytes.
    private static final int LONGEST_NAME = 63;

    private static final String REFUSED_NAME = "sallyport_refused";
    private static final String REFUSED_TEXT = "refused by Sallyport";

    private enum Phase {
        /// The client's start-up message is awaited.
        START,
        /// The server's socket is being opened.
        CONNECTING,
        /// The server says whether it has TLS.
        TLS,
        /// The connection to the server is being secured.
        SECURING,
        /// The server lets the agent in.
        LOGIN,
        /// Logged in.
        READY,
        OVER
    }

    /// A statement that the protocol has prepared.
    ///
    /// @param types of its parameters, as far as the client said; 0: it did not
    /// @param held whether each run of it is held
    private record Prepared(
            long number, byte[] text, Session.Snapshot settings, Reading reading, List<Integer> types, boolean held) {}

    private final Masking masking;
    private final boolean masks;
    private final RandomGenerator random;
    private final Session session = new Session();
    private final CancelKey key;

    private final Bytes clientIn = new Bytes();
    private final Bytes serverIn = new Bytes();
    private final Bytes toClient = new Bytes();
    private final Bytes toServer = new Bytes();
    private final List<Answered> answers = new ArrayList<>();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Map<String, Prepared> prepared = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();

    private Phase phase = Phase.START;
    private Optional<StartUp> startUp = Optional.empty();
    private Optional<ServerLogin> login = Optional.empty();
    private Optional<ServerStart> serverStart = Optional.empty();
    private Optional<Waiting> waiting = Optional.empty();
    private Optional<RowLimited> limited = Optional.empty();
    private Optional<byte[]> serverKey = Optional.empty();

    /// Whether what the client sends is dropped until its next Sync: something before it in the pipeline has failed.
    private boolean skipping;

    /// Whether the server takes what the client sends for the data of a COPY, until its end.
    private boolean copyingIn;

    /// How many Syncs were sent while the server took data: it answers one only if the COPY had failed before.
    private int passedOver;

    /// Whether the server has let the agent in.
    private boolean admitted;

    /// Notices of ours that wait for the end of a message that passes in pieces.
    private final Bytes notices = new Bytes();

    private long asked;

    /// How much of the message that passes now, without being looked at, is still to come from the client, and from the
    /// server.
    private int passingFromClient;

    private int passingFromServer;
    private char transaction = 'I';

    /// What waits for a verdict.
    ///
    /// @param type of the client's message: Q, P, F, B for a statement that is judged again or that SQL prepared,
    ///     or E for a cursor that SQL declared
    /// @param name of the prepared statement, or the cursor
    private record Waiting(char type, byte[] message, String name, Asked asked) {}

    /// A statement that runs in a transaction of ours, because it may change only so many rows.
    private static final class RowLimited {
        private final RowLimit limit;
        private final Bytes held = new Bytes();
        private final Pending query;
        private final byte[] message;
        private boolean ending;
        private Optional<Refusal> refusal = Optional.empty();

        RowLimited(RowLimit limit, Pending query, byte[] message) {
            this.limit = limit;
            this.query = query;
            this.message = message;
        }
    }

    /// @param masking of everything that the server answers
    /// @param random what nobody can guess: keys and nonces
    public PostgresWire(Masking masking, RandomGenerator random) {
        this.masking = masking;
        this.masks = masking != Masking.NONE;
        this.random = random;
        var secret = new byte[4];
        random.nextBytes(secret);
        this.key = new CancelKey(random.nextInt(1, Integer.MAX_VALUE), secret);
    }

    @Override
    public Optional<CancelKey> cancelKey() {
        return phase == Phase.READY ? Optional.of(key) : Optional.empty();
    }

    @Override
    public Optional<byte[]> cancelRequest() {
        return serverKey.map(body ->
                new Bytes().int32(8 + body.length).int32(CANCEL).add(body).copy());
    }

    @Override
    public void begin(Sink sink) {}

    @Override
    public boolean awaits() {
        return switch (phase) {
            case START, OVER -> false;
            case CONNECTING, TLS, SECURING, LOGIN -> true;
            case READY -> waiting.isPresent() || limited.isPresent();
        };
    }

    @Override
    public void client(byte[] bytes, int from, int to, Sink sink) {
        clientIn.add(bytes, from, to);
        goOn(sink);
    }

    /// Takes what there is of the client's messages, until one has to be waited for.
    private void goOn(Sink sink) {
        int at = 0;
        var bytes = clientIn.array();
        try {
            while (!awaits() && phase != Phase.OVER) {
                int next = phase == Phase.START ? start(bytes, at, clientIn.length(), sink) : message(bytes, at, sink);
                if (next == at) {
                    break;
                }
                at = next;
            }
        } catch (Malformed e) {
            end("what the client sent was not understood: " + e.getMessage(), sink);
        } catch (StartUp.NotAccepted e) {
            end(String.valueOf(e.getMessage()), sink);
        }
        keep(clientIn, at);
        flush(sink);
    }

    private static void keep(Bytes in, int from) {
        if (from == 0) {
            return;
        }
        int length = in.length();
        var rest = Arrays.copyOfRange(in.array(), from, length);
        in.clear();
        in.add(rest);
    }

    // ---- start-up

    /// Reads a start-up packet; returns where the next message begins, or `at` when it is not all there.
    private int start(byte[] bytes, int at, int to, Sink sink) throws Malformed, StartUp.NotAccepted {
        if (to - at < 8) {
            return at;
        }
        int length = Body.int32(bytes, at);
        if (length < 8 || length > LONGEST_START) {
            throw new Malformed("a start-up packet of " + length + " bytes");
        }
        if (to - at < length) {
            return at;
        }
        var body = new Body(bytes, at + 4, at + length);
        int code = body.int32();
        switch (code) {
            case SSL, GSS -> {
                if (to - at > length) {
                    throw new Malformed("bytes after a request to encrypt, before its answer");
                }
                // the client's tunnel is encrypted, and ends here
                toClient.int8('N');
            }
            case CANCEL -> {
                int process = body.int32();
                var secret = body.take(body.left());
                if (secret.length > 256) {
                    throw new Malformed("a key that is too long");
                }
                flush(sink);
                sink.cancel(new CancelKey(process, secret));
                phase = Phase.OVER;
                sink.end("a request to stop a statement");
            }
            default -> {
                var read = StartUp.read(code, body);
                startUp = Optional.of(read);
                if (read.minor() > 0 || !read.unknown().isEmpty()) {
                    int message = toClient.begin('v');
                    toClient.int32(3 << 16).int32(read.unknown().size());
                    read.unknown().forEach(toClient::text);
                    toClient.end(message);
                }
                phase = Phase.CONNECTING;
                flush(sink);
                sink.start(read.start());
            }
        }
        return at + length;
    }

    @Override
    public void connected(ServerLogin asWhom, Sink sink) {
        login = Optional.of(asWhom);
        switch (asWhom.tls()) {
            case DISABLE -> logIn(false, Optional.empty());
            case PREFER, REQUIRE -> {
                phase = Phase.TLS;
                toServer.int32(8).int32(SSL);
            }
        }
        flush(sink);
    }

    @Override
    public void secured(Optional<byte[]> endPoint, Sink sink) {
        logIn(true, endPoint);
        flush(sink);
    }

    private void logIn(boolean secured, Optional<byte[]> endPoint) {
        phase = Phase.LOGIN;
        var begun = new ServerStart(login.orElseThrow(), secured, endPoint, () -> {
            var nonce = new byte[18];
            random.nextBytes(nonce);
            return Base64.getEncoder().encodeToString(nonce);
        });
        serverStart = Optional.of(begun);
        begun.begin(startUp.map(StartUp::start).map(ClientStart::parameters).orElse(Map.of()), toServer);
        // the password is not needed for longer than the login
        login = Optional.empty();
    }

    // ---- the client's messages

    /// Takes the client's message at `at`, and returns where the next one begins, or `at` when it is not all there.
    private int message(byte[] bytes, int at, Sink sink) throws Malformed {
        int to = clientIn.length();
        if (passingFromClient > 0) {
            int length = Math.min(passingFromClient, to - at);
            toServer.add(bytes, at, at + length);
            passingFromClient -= length;
            return at + length;
        }
        if (to - at < 5) {
            return at;
        }
        char type = (char) bytes[at];
        int length = Body.int32(bytes, at + 1);
        if (length < 4) {
            throw new Malformed("a message of " + length + " bytes");
        }
        if (type == 'd' && length > 65_536) {
            toServer.add(bytes, at, at + 5);
            passingFromClient = length - 4;
            return at + 5;
        }
        if (length >= LONGEST_KEPT) {
            throw new Malformed("a statement or its parameters are longer than " + (LONGEST_KEPT >> 20) + " MiB");
        }
        int end = at + 1 + length;
        if (to < end) {
            return at;
        }
        take(type, bytes, at, end, sink);
        return end;
    }

    private void take(char type, byte[] bytes, int at, int end, Sink sink) throws Malformed {
        if (skipping && type != 'S' && type != 'X') {
            // as the server does after an error in a pipeline
            return;
        }
        var body = new Body(bytes, at + 5, end);
        switch (type) {
            case 'Q' -> {
                var text = body.zeroEnded();
                nothingMore(body);
                // it replaces what is unnamed
                prepared.remove("");
                portals.remove("");
                ask('Q', Arrays.copyOfRange(bytes, at, end), "", Asked.Kind.QUERY, text, sink);
            }
            case 'P' -> {
                var name = name(body);
                var text = body.zeroEnded();
                if (prepared.size() >= MOST_PREPARED && !prepared.containsKey(name)) {
                    throw new Malformed("a session prepares at most " + MOST_PREPARED + " statements");
                }
                ask('P', Arrays.copyOfRange(bytes, at, end), name, Asked.Kind.PREPARED, text, sink);
            }
            case 'F' -> {
                int function = body.int32();
                var words = ("function call " + Integer.toUnsignedString(function)).getBytes(StandardCharsets.US_ASCII);
                ask('F', Arrays.copyOfRange(bytes, at, end), "", Asked.Kind.COMMAND, words, sink);
            }
            case 'B' -> bind(body, bytes, at, end, sink);
            case 'D', 'C' -> {
                boolean ofPortal = kind(body);
                var name = name(body);
                nothingMore(body);
                if (type == 'D') {
                    var one = Pending.of(ofPortal ? Kind.DESCRIBE_PORTAL : Kind.DESCRIBE_STATEMENT);
                    one.portal = ofPortal ? Optional.ofNullable(portals.get(name)) : Optional.empty();
                    add(one);
                } else {
                    add(Pending.of(Kind.CLOSE));
                    if (ofPortal) {
                        portals.remove(name);
                    } else {
                        prepared.remove(name);
                    }
                }
                toServer.add(bytes, at, end);
            }
            case 'E' -> execute(body, bytes, at, end, sink);
            case 'S' -> {
                skipping = false;
                if (copyingIn) {
                    // the server passes over it
                    passedOver++;
                } else {
                    add(Pending.of(Kind.SYNC));
                }
                toServer.add(bytes, at, end);
            }
            case 'H', 'd' -> toServer.add(bytes, at, end);
            case 'c', 'f' -> {
                copyingIn = false;
                toServer.add(bytes, at, end);
            }
            case 'X' -> {
                toServer.add(bytes, at, end);
                phase = Phase.OVER;
                flush(sink);
                sink.end("the client left");
            }
            default -> throw new Malformed("a message that clients do not send now");
        }
    }

    /// The name of a statement or a portal, byte for byte. The server would cut a longer one, and take it for another.
    private static String name(Body body) throws Malformed {
        var bytes = body.zeroEnded();
        if (bytes.length > LONGEST_NAME) {
            throw new Malformed("a name of more than " + LONGEST_NAME + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static boolean kind(Body body) throws Malformed {
        return switch (body.int8()) {
            case 'P' -> true;
            case 'S' -> false;
            default -> throw new Malformed("neither a statement nor a portal");
        };
    }

    private static void nothingMore(Body body) throws Malformed {
        if (body.left() != 0) {
            throw new Malformed("a message that goes on after its end");
        }
    }

    private void ask(char type, byte[] message, String name, Asked.Kind kind, byte[] text, Sink sink) {
        ask(type, message, name, kind, text, List.of(), sink);
    }

    private void ask(
            char type, byte[] message, String name, Asked.Kind kind, byte[] text, List<String> parameters, Sink sink) {
        var one = new Asked(++asked, kind, session.decode(text), text, session.settings(), parameters);
        waiting = Optional.of(new Waiting(type, message, name, one));
        flush(sink);
        sink.ask(one);
    }

    private void bind(Body body, byte[] bytes, int at, int end, Sink sink) throws Malformed {
        var portal = name(body);
        var name = name(body);
        var statement = Optional.ofNullable(prepared.get(name));
        if (statement.isEmpty()) {
            // prepared by a statement of SQL, or not at all, which the server says
            ask(
                    'B',
                    Arrays.copyOfRange(bytes, at, end),
                    name,
                    Asked.Kind.COMMAND,
                    ("run the prepared statement " + name).getBytes(StandardCharsets.ISO_8859_1),
                    sink);
            return;
        }
        if (statement.get().held() || !statement.get().settings().equals(session.snapshot())) {
            // the text may mean something else by now; and what is held is held each time
            ask(
                    'B',
                    Arrays.copyOfRange(bytes, at, end),
                    name,
                    Asked.Kind.BOUND,
                    statement.get().text(),
                    Parameters.of(body, statement.get().types()),
                    sink);
            return;
        }
        bound(portal, statement.get(), bytes, at, end);
    }

    private void bound(String name, Prepared statement, byte[] bytes, int at, int end) throws Malformed {
        if (portals.size() >= MOST_PREPARED && !portals.containsKey(name)) {
            throw new Malformed("a session has at most " + MOST_PREPARED + " portals");
        }
        var portal = new Portal(statement.number(), statement.reading());
        var before = Optional.ofNullable(portals.put(name, portal));
        var bind = new Pending(Kind.BIND, portal.number, portal.reading);
        bind.undo = () -> restore(portals, name, before);
        toServer.add(bytes, at, end);
        add(bind);
        if (masks) {
            describe(name, portal);
        }
    }

    /// Has the server describe a portal, for us: rows cannot be masked whose columns are not known.
    private void describe(String name, Portal portal) throws Malformed {
        int message = toServer.begin('D');
        toServer.int8('P').add(name.getBytes(StandardCharsets.ISO_8859_1)).int8(0);
        toServer.end(message);
        var one = Pending.of(Kind.DESCRIBE_PORTAL);
        one.hidden = true;
        one.portal = Optional.of(portal);
        add(one);
    }

    private void execute(Body body, byte[] bytes, int at, int end, Sink sink) throws Malformed {
        var name = name(body);
        var known = Optional.ofNullable(portals.get(name));
        if (known.isEmpty()) {
            ask(
                    'E',
                    Arrays.copyOfRange(bytes, at, end),
                    name,
                    Asked.Kind.COMMAND,
                    ("run the cursor " + name).getBytes(StandardCharsets.ISO_8859_1),
                    sink);
            return;
        }
        executed(known.get(), bytes, at, end);
    }

    private void executed(Portal portal, byte[] bytes, int at, int end) throws Malformed {
        var one = new Pending(Kind.EXECUTE, portal.number, portal.reading);
        one.portal = Optional.of(portal);
        one.result = portal.result;
        add(one);
        toServer.add(bytes, at, end);
    }

    private void add(Pending one) throws Malformed {
        if (pending.size() >= MOST_PENDING) {
            throw new Malformed("more than " + MOST_PENDING + " messages in one pipeline");
        }
        pending.add(one);
    }

    // ---- verdicts

    @Override
    public void judged(Judged judged, Sink sink) {
        judged(judged, false, sink);
    }

    @Override
    public void approved(Judged judged, Sink sink) {
        judged(judged, true, sink);
    }

    @Override
    public boolean holdsPrepared() {
        return true;
    }

    @Override
    public boolean moot() {
        return waiting.isPresent() && skipping;
    }

    @Override
    public void withdrawn(String sentence, Sink sink) {
        var one = waiting.orElseThrow(() -> new IllegalStateException("nothing waits for a verdict"));
        waiting = Optional.empty();
        if (!skipping) {
            try {
                refuse(one, Refusal.stopped(sentence));
            } catch (Malformed e) {
                end(String.valueOf(e.getMessage()), sink);
            }
        }
        goOn(sink);
    }

    /// @param once whether it may run now and must be asked again the next time
    private void judged(Judged judged, boolean once, Sink sink) {
        var one = waiting.orElseThrow(() -> new IllegalStateException("nothing waits for a verdict"));
        waiting = Optional.empty();
        if (skipping) {
            // what came before it has failed meanwhile
            goOn(sink);
            return;
        }
        try {
            switch (judged.verdict()) {
                case Verdict.Allow(var limit) -> run(one, judged.reading(), limit, once);
                case Verdict.Warn(var rule, var message, var limit) -> {
                    tell(Refusal.warning(rule, message));
                    run(one, judged.reading(), limit, once);
                }
                case Verdict.Block(var rule, var message) -> refuse(one, Refusal.of(rule, message));
                case Verdict.Hold _ -> {
                    if (one.type() != 'P') {
                        throw new IllegalStateException("a held statement is decided before it comes here");
                    }
                    prepare(one, judged.reading(), true);
                }
            }
        } catch (Malformed e) {
            end(String.valueOf(e.getMessage()), sink);
        }
        goOn(sink);
    }

    private void tell(Refusal notice) {
        notice.write('N', passingFromServer > 0 ? notices : toClient);
    }

    private void run(Waiting one, Reading reading, Optional<RowLimit> limit, boolean once) throws Malformed {
        if (limit.isPresent()) {
            if (one.type() == 'Q'
                    && transaction == 'I'
                    && pending.isEmpty()
                    && reading instanceof Reading.Read(var statements)
                    && statements.size() == 1
                    && statements.getFirst().acts().stream().noneMatch(act -> act.operation() == Operation.COPY_IN)) {
                runLimited(one, reading, limit.get());
            } else {
                refuse(
                        one,
                        Refusal.of(
                                limit.get().rule(),
                                limit.get().message() + " (its rows are counted only when it is sent alone, as a plain"
                                        + " query outside a transaction)"));
            }
            return;
        }
        note(reading);
        switch (one.type()) {
            case 'Q' -> {
                add(new Pending(Kind.QUERY, one.asked().number(), reading));
                toServer.add(one.message());
            }
            case 'F' -> {
                add(new Pending(Kind.FUNCTION, one.asked().number(), reading));
                toServer.add(one.message());
            }
            case 'P' -> prepare(one, reading, false);
            case 'B' -> {
                var known = Optional.ofNullable(prepared.get(one.name()));
                var again = new Prepared(
                        one.asked().number(),
                        one.asked().bytes(),
                        session.snapshot(),
                        reading,
                        known.map(Prepared::types).orElse(List.of()),
                        once);
                if (one.asked().kind() == Asked.Kind.BOUND) {
                    prepared.put(one.name(), again);
                }
                var body = new Body(one.message(), 5, one.message().length);
                bound(name(body), again, one.message(), 0, one.message().length);
            }
            case 'E' -> {
                // a cursor that a statement of SQL declared
                var portal = new Portal(one.asked().number(), reading);
                if (masks) {
                    describe(one.name(), portal);
                }
                executed(portal, one.message(), 0, one.message().length);
            }
            default -> throw new IllegalStateException("no statement begins with " + one.type());
        }
    }

    /// Has the server prepare a statement: none of it runs by that.
    private void prepare(Waiting one, Reading reading, boolean held) throws Malformed {
        var parse = new Pending(Kind.PARSE, one.asked().number(), reading);
        var before = Optional.ofNullable(prepared.get(one.name()));
        parse.undo = () -> restore(prepared, one.name(), before);
        prepared.put(
                one.name(),
                new Prepared(
                        one.asked().number(),
                        one.asked().bytes(),
                        session.snapshot(),
                        reading,
                        Parameters.types(one.message()),
                        held));
        add(parse);
        toServer.add(one.message());
    }

    private static <T> void restore(Map<String, T> map, String name, Optional<T> before) {
        if (before.isPresent()) {
            map.put(name, before.get());
        } else {
            map.remove(name);
        }
    }

    /// What a statement may change without the server saying so: how unqualified names are looked up.
    private void note(Reading reading) {
        if (!(reading instanceof Reading.Read(var statements))) {
            session.uncertain();
            return;
        }
        for (var statement : statements) {
            boolean sets = statement.acts().stream()
                            .anyMatch(act -> act.operation() == Operation.SET || act.operation() == Operation.RESET)
                    || statement.functions().stream()
                            .anyMatch(name -> name.name().equals("set_config"))
                    || !statement.opaque().isEmpty();
            if (sets) {
                session.uncertain();
            }
        }
    }

    private void runLimited(Waiting one, Reading reading, RowLimit limit) throws Malformed {
        var query = new Pending(Kind.QUERY, one.asked().number(), reading);
        limited = Optional.of(new RowLimited(limit, query, one.message()));
        note(reading);
        ours("BEGIN");
    }

    private void ours(String text) throws Malformed {
        add(Pending.of(Kind.OURS));
        int message = toServer.begin('Q');
        toServer.text(text);
        toServer.end(message);
    }

    /// Gives the server what fails in the place of a statement that may not run.
    private void refuse(Waiting one, Refusal refusal) throws Malformed {
        var kind = one.type() == 'Q' || one.type() == 'F' ? Kind.QUERY : Kind.PARSE;
        var stand = new Pending(kind, one.asked().number(), Pending.NOTHING);
        stand.refusal = Optional.of(refusal);
        add(stand);
        if (kind == Kind.QUERY) {
            int message = toServer.begin('Q');
            toServer.text(REFUSED_TEXT);
            toServer.end(message);
        } else {
            int message = toServer.begin('P');
            toServer.text(REFUSED_NAME).text(REFUSED_TEXT).int16(0);
            toServer.end(message);
            skipping = true;
            if (one.type() == 'P') {
                prepared.remove(one.name());
            }
        }
    }

    // ---- the server's messages

    @Override
    public void server(byte[] bytes, int from, int to, Sink sink) {
        try {
            if (serverIn.isEmpty()) {
                int at = messages(bytes, from, to, sink);
                serverIn.add(bytes, at, to);
            } else {
                serverIn.add(bytes, from, to);
                int at = messages(serverIn.array(), 0, serverIn.length(), sink);
                keep(serverIn, at);
            }
        } catch (Malformed e) {
            end("what the database sent was not understood: " + e.getMessage(), sink);
        } catch (ServerStart.Stopped e) {
            end(String.valueOf(e.getMessage()), sink);
        }
        flush(sink);
        if (!awaits() && phase == Phase.READY && !clientIn.isEmpty()) {
            goOn(sink);
        }
    }

    private int messages(byte[] bytes, int from, int to, Sink sink) throws Malformed, ServerStart.Stopped {
        int at = from;
        while (at < to && phase != Phase.OVER) {
            int next = switch (phase) {
                case TLS -> tlsAnswer(bytes, at, to, sink);
                case LOGIN -> loginMessage(bytes, at, to, sink);
                case READY -> readyMessage(bytes, at, to);
                case START, CONNECTING, SECURING -> throw new Malformed("a database that speaks before it is asked");
                case OVER -> to;
            };
            if (next == at) {
                break;
            }
            at = next;
        }
        return phase == Phase.OVER ? to : at;
    }

    private int tlsAnswer(byte[] bytes, int at, int to, Sink sink) throws Malformed, ServerStart.Stopped {
        switch (bytes[at]) {
            case 'S' -> {
                if (to - at > 1) {
                    throw new Malformed("bytes before TLS that should be within it");
                }
                phase = Phase.SECURING;
                flush(sink);
                sink.secure();
            }
            case 'N' -> {
                if (login.orElseThrow().tls() == ServerLogin.Tls.REQUIRE) {
                    throw new ServerStart.Stopped("the database has no TLS, which this connection requires");
                }
                logIn(false, Optional.empty());
            }
            default -> throw new Malformed("neither yes nor no to TLS");
        }
        return at + 1;
    }

    private static final int NOT_ALL = -1;

    /// Where the message at `at` ends; [#NOT_ALL] when it is not all there yet.
    private static int end(byte[] bytes, int at, int to) throws Malformed {
        if (to - at < 5) {
            return NOT_ALL;
        }
        int length = Body.int32(bytes, at + 1);
        if (length < 4 || length >= LONGEST_KEPT) {
            throw new Malformed("a message of " + length + " bytes");
        }
        return to - at - 1 < length ? NOT_ALL : at + 1 + length;
    }

    private int loginMessage(byte[] bytes, int at, int to, Sink sink) throws Malformed, ServerStart.Stopped {
        int end = end(bytes, at, to);
        if (end == NOT_ALL) {
            return at;
        }
        var body = new Body(bytes, at + 5, end);
        switch (bytes[at]) {
            case 'R' -> {
                if (admitted) {
                    throw new Malformed("a login after the login");
                }
                if (serverStart.orElseThrow().answer(body, toServer)) {
                    admitted = true;
                    int message = toClient.begin('R');
                    toClient.int32(0);
                    toClient.end(message);
                }
            }
            case 'S' -> {
                session.reported(body.text(), body.text());
                toClient.add(bytes, at, end);
            }
            case 'K' -> {
                serverKey = Optional.of(body.take(body.left()));
                int message = toClient.begin('K');
                toClient.int32(key.process()).add(key.secret());
                toClient.end(message);
            }
            case 'N' -> passNotice('N', bytes, at, end);
            case 'E' -> throw ServerStart.stopped(Fields.code(body));
            case 'Z' -> {
                if (!admitted) {
                    throw new Malformed("a session that begins before the login has ended");
                }
                phase = Phase.READY;
                transaction = (char) body.int8();
                toClient.add(bytes, at, end);
                flush(sink);
                sink.loggedIn();
            }
            default -> throw new Malformed("a message that does not belong to a login");
        }
        return end;
    }

    /// Takes the server's message at `at`; rows that nothing looks at pass as they come, also in pieces.
    private int readyMessage(byte[] bytes, int at, int to) throws Malformed {
        if (passingFromServer > 0) {
            int length = Math.min(passingFromServer, to - at);
            toClient.add(bytes, at, at + length);
            passingFromServer -= length;
            if (passingFromServer == 0) {
                toClient.add(notices.copy());
                notices.clear();
            }
            return at + length;
        }
        if (to - at < 5) {
            return at;
        }
        char type = (char) bytes[at];
        if (type == 'D' || type == 'd') {
            var head = head(type);
            if (!head.result.map(Result::looks).orElse(false) && !(type == 'd' && masks)) {
                int length = Body.int32(bytes, at + 1);
                if (length < 4) {
                    throw new Malformed("a row of " + length + " bytes");
                }
                if (type == 'D' && masks && head.result.isEmpty()) {
                    throw new Malformed("rows whose columns were not described");
                }
                head.row(length - 4);
                toClient.add(bytes, at, at + 5);
                passingFromServer = length - 4;
                return at + 5;
            }
        }
        int end = end(bytes, at, to);
        if (end == NOT_ALL) {
            return at;
        }
        answer(type, bytes, at, end);
        return end;
    }

    private Pending head(char type) throws Malformed {
        var head = pending.peek();
        if (head == null) {
            throw new Malformed("an answer (" + type + ") to nothing that was asked");
        }
        return head;
    }

    private Pending answeredBy(char type, Kind... kinds) throws Malformed {
        var head = head(type);
        for (var kind : kinds) {
            if (head.kind == kind) {
                return head;
            }
        }
        throw new Malformed("an answer (" + type + ") to something else than was asked");
    }

    private void answer(char type, byte[] bytes, int at, int end) throws Malformed {
        var body = new Body(bytes, at + 5, end);
        switch (type) {
            case 'D' -> row(bytes, at, end);
            case 'd' -> copied(bytes, at, end);
            case 'C' -> {
                var head = answeredBy(type, Kind.QUERY, Kind.EXECUTE, Kind.OURS);
                complete(head, body.text(), bytes, at, end);
            }
            case 'I' -> {
                var head = answeredBy(type, Kind.QUERY, Kind.EXECUTE, Kind.OURS);
                complete(head, "", bytes, at, end);
            }
            case 's' -> {
                var head = answeredBy(type, Kind.EXECUTE);
                pending.remove();
                answers.add(head.answered());
                toClient.add(bytes, at, end);
            }
            case 'T' -> described(body, bytes, at, end);
            case 'n' -> {
                var head = answeredBy(type, Kind.DESCRIBE_PORTAL, Kind.DESCRIBE_STATEMENT);
                pending.remove();
                pass(head, bytes, at, end);
            }
            case 't' -> {
                var _ = answeredBy(type, Kind.DESCRIBE_STATEMENT);
                toClient.add(bytes, at, end);
            }
            case '1', '2', '3' -> {
                var _ = answeredBy(type, type == '1' ? Kind.PARSE : type == '2' ? Kind.BIND : Kind.CLOSE);
                pending.remove();
                toClient.add(bytes, at, end);
            }
            case 'V' -> {
                var _ = answeredBy(type, Kind.FUNCTION);
                if (masks) {
                    throw new Malformed("the result of a function call, which cannot be masked");
                }
                toClient.add(bytes, at, end);
            }
            case 'G', 'H' -> {
                var head = answeredBy(type, Kind.QUERY, Kind.EXECUTE);
                if (type == 'G') {
                    copyIn(head);
                }
                if (type == 'H' && masks && body.int8() != 0) {
                    throw new Malformed("a COPY in binary form, which cannot be masked: copy it as text");
                }
                toClient.add(bytes, at, end);
            }
            case 'c' -> toClient.add(bytes, at, end);
            case 'E' -> failed(bytes, at, end);
            case 'N' -> passNotice('N', bytes, at, end);
            case 'A' -> notification(body, bytes, at, end);
            case 'S' -> {
                session.reported(body.text(), body.text());
                toClient.add(bytes, at, end);
            }
            case 'Z' -> ready(body, bytes, at, end);
            default -> throw new Malformed("a message that databases do not send now");
        }
    }

    /// From now on the server takes what it reads for data. A Sync that is on its way it passes over, for libraries
    /// that
    /// send one before they know that the statement is a COPY, as libpq does.
    private void copyIn(Pending head) {
        copyingIn = true;
        if (head.kind == Kind.EXECUTE) {
            int before = pending.size();
            pending.removeIf(later -> later.kind == Kind.SYNC);
            passedOver += before - pending.size();
        }
    }

    private void row(byte[] bytes, int at, int end) throws Malformed {
        var head = answeredBy('D', Kind.QUERY, Kind.EXECUTE);
        int before = toClient.length();
        head.result.orElseThrow().row(bytes, at, end, toClient);
        head.row(toClient.length() - before - 5);
    }

    /// A line of a COPY goes through the masks by value, as a text.
    private void copied(byte[] bytes, int at, int end) throws Malformed {
        var head = answeredBy('d', Kind.QUERY, Kind.EXECUTE);
        var masked = masking.message(Arrays.copyOfRange(bytes, at + 5, end));
        int message = toClient.begin('d');
        toClient.add(masked);
        toClient.end(message);
        head.row(masked.length);
    }

    private void complete(Pending head, String tag, byte[] bytes, int at, int end) {
        head.completed(tag);
        if (head.kind == Kind.EXECUTE) {
            pending.remove();
            answers.add(head.answered());
        }
        if (limited.isPresent() && head.kind == Kind.QUERY) {
            var running = limited.get();
            if (Pending.rows(tag) > running.limit.rows()) {
                running.refusal = Optional.of(Refusal.of(
                        running.limit.rule(),
                        running.limit.message() + " (it would have changed " + Pending.rows(tag)
                                + " rows, and was undone)"));
            } else {
                running.held.add(bytes, at, end);
            }
            return;
        }
        if (head.kind != Kind.OURS) {
            toClient.add(bytes, at, end);
        }
    }

    private void described(Body body, byte[] bytes, int at, int end) throws Malformed {
        var head = answeredBy('T', Kind.QUERY, Kind.DESCRIBE_PORTAL, Kind.DESCRIBE_STATEMENT);
        switch (head.kind) {
            case QUERY -> head.result = Optional.of(Result.described(body, masking, head.origins()));
            case DESCRIBE_PORTAL -> {
                pending.remove();
                if (head.portal.isPresent()) {
                    var portal = head.portal.get();
                    portal.result = Optional.of(Result.described(body, masking, portal.origins()));
                    // its rows come next, if they are asked for
                    pending.stream()
                            .filter(later -> later.kind == Kind.EXECUTE
                                    && later.portal.filter(portal::equals).isPresent())
                            .forEach(later -> later.result = portal.result);
                }
            }
            case DESCRIBE_STATEMENT -> pending.remove();
            case FUNCTION, PARSE, BIND, EXECUTE, CLOSE, SYNC, OURS ->
                throw new IllegalStateException("not described: " + head.kind);
        }
        pass(head, bytes, at, end);
    }

    private void pass(Pending head, byte[] bytes, int at, int end) {
        if (!head.hidden) {
            toClient.add(bytes, at, end);
        }
    }

    private void failed(byte[] bytes, int at, int end) throws Malformed {
        var head = pending.peek();
        if (head == null) {
            // the server ends the session, or was told to
            passNotice('E', bytes, at, end);
            return;
        }
        head.failed(head.refusal.map(Refusal::code).orElse(Fields.code(new Body(bytes, at + 5, end))));
        if (head.refusal.isPresent()) {
            head.refusal.get().write('E', toClient);
        } else if (head.kind == Kind.OURS) {
            limited.ifPresent(running -> running.refusal = Optional.of(Fields.refusal(bytes, at, end, masking)));
        } else {
            passNotice('E', bytes, at, end);
        }
        if (head.kind != Kind.QUERY && head.kind != Kind.FUNCTION && head.kind != Kind.OURS) {
            skipped(head);
        }
    }

    /// The server skips what follows until the next Sync: none of it happens.
    private void skipped(Pending failed) {
        var undone = new ArrayDeque<Pending>();
        while (!pending.isEmpty() && pending.peek().kind != Kind.SYNC) {
            undone.push(pending.remove());
        }
        undone.forEach(one -> one.undo.run());
        skipping |= pending.isEmpty();
        copyingIn = false;
        if (failed.number > 0) {
            answers.add(failed.answered());
        }
    }

    private void notification(Body body, byte[] bytes, int at, int end) throws Malformed {
        if (!masks) {
            toClient.add(bytes, at, end);
            return;
        }
        int process = body.int32();
        var channel = body.text();
        var payload = masking.message(body.zeroEnded());
        int message = toClient.begin('A');
        toClient.int32(process).text(channel).add(payload).int8(0);
        toClient.end(message);
    }

    private void ready(Body body, byte[] bytes, int at, int end) throws Malformed {
        transaction = (char) body.int8();
        if (pending.isEmpty() && passedOver > 0) {
            // a COPY had failed before the server read that Sync
            passedOver--;
            skipping = false;
            toClient.add(bytes, at, end);
            return;
        }
        var head = answeredBy('Z', Kind.QUERY, Kind.FUNCTION, Kind.SYNC, Kind.OURS);
        pending.remove();
        passedOver = 0;
        copyingIn = false;
        if (pending.isEmpty()) {
            session.settled();
        }
        if (transaction == 'I' && pending.isEmpty()) {
            portals.clear();
        }
        if (limited.isPresent()) {
            readyLimited(head, limited.get(), bytes, at, end);
            return;
        }
        if (head.kind == Kind.QUERY || head.kind == Kind.FUNCTION) {
            answers.add(head.answered());
        }
        toClient.add(bytes, at, end);
    }

    /// Goes on with a statement of which at most so many rows may change: it is sent when our transaction has begun,
    /// and
    /// answered when that has ended.
    private void readyLimited(Pending head, RowLimited running, byte[] bytes, int at, int end) throws Malformed {
        if (head.kind == Kind.QUERY) {
            running.ending = true;
            ours(head.hasFailed() || running.refusal.isPresent() ? "ROLLBACK" : "COMMIT");
        } else if (running.ending) {
            running.refusal.ifPresent(refusal -> running.query.failed(refusal.code()));
            if (running.refusal.isPresent()) {
                running.refusal.get().write('E', toClient);
            } else {
                toClient.add(running.held.copy());
            }
            answers.add(running.query.answered());
            toClient.add(bytes, at, end);
            limited = Optional.empty();
        } else if (running.refusal.isPresent()) {
            // our transaction did not begin, and so nothing runs
            running.refusal.get().write('E', toClient);
            toClient.add(bytes, at, end);
            limited = Optional.empty();
        } else {
            add(running.query);
            toServer.add(running.message);
        }
    }

    /// An error or a notice, with what is masked in its texts.
    private void passNotice(char type, byte[] bytes, int at, int end) throws Malformed {
        if (masks) {
            Fields.masked(type, new Body(bytes, at + 5, end), masking, toClient);
        } else {
            toClient.add(bytes, at, end);
        }
    }

    // ---- ends

    @Override
    public void say(String sentence, Sink sink) {
        if (phase == Phase.READY) {
            tell(Refusal.notice(sentence));
            flush(sink);
        }
    }

    @Override
    public void refuse(String sentence, Sink sink) {
        end(sentence, sink);
    }

    /// The session cannot go on: the client is told, if there is room for it.
    private void end(String sentence, Sink sink) {
        if (phase == Phase.OVER) {
            return;
        }
        phase = Phase.OVER;
        if (passingFromServer == 0) {
            Refusal.fatal(sentence).write('E', toClient);
        }
        flush(sink);
        sink.end(sentence);
    }

    @Override
    public void clientEnded(Sink sink) {
        if (phase == Phase.OVER) {
            return;
        }
        boolean started = phase == Phase.READY;
        phase = Phase.OVER;
        if (started && passingFromClient == 0) {
            toServer.int8('X').int32(4);
        }
        flush(sink);
        sink.end("the client left");
    }

    @Override
    public void serverEnded(Sink sink) {
        if (phase == Phase.READY && pending.isEmpty()) {
            phase = Phase.OVER;
            flush(sink);
            sink.end("the database ended the session");
        } else {
            end("the database ended the session", sink);
        }
    }

    private void flush(Sink sink) {
        if (!toServer.isEmpty()) {
            sink.toServer(toServer.array(), 0, toServer.length());
            toServer.clear();
        }
        if (!toClient.isEmpty()) {
            sink.toClient(toClient.array(), 0, toClient.length());
            toClient.clear();
        }
        if (!answers.isEmpty()) {
            for (var answer : answers) {
                sink.answered(answer);
            }
            answers.clear();
        }
    }
}
