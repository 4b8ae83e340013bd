package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.policy.Verdict.RowLimit;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import dev.sallyport.inspect.mysql.Answer.Kind;
import dev.sallyport.inspect.sql.Reading;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// MySQL's client/server protocol between one client and one server, for MySQL 8 and MariaDB.
///
/// One command at a time: what a client sends while one is being answered waits ([#awaits]). A statement that may
/// not run is answered here and never sent; an error leaves an open transaction as it is in this protocol.
///
/// The greeting goes out before the server is known, so each side is agreed with apart, and what one has and the
/// other has not is translated: ends of rows (`CLIENT_DEPRECATE_EOF`) and what an OK tells of the session
/// (`CLIENT_SESSION_TRACK`).
///
/// A warning ([Verdict.Warn]) is in the record only: the protocol has no message that a client is shown unasked.
/// For the same reason [#say] does nothing.
///
/// Whoever feeds it is one thread at a time ([Wire]).
public final class MysqlWire implements Wire {

    private enum Phase {
        /// The client's login is awaited.
        START,
        /// The client was asked again for its proof.
        PROVING,
        /// The server's socket is being opened.
        CONNECTING,
        /// The server's greeting is awaited.
        GREETING,
        /// The connection to the server is being secured.
        SECURING,
        /// The server lets the agent in.
        LOGIN,
        /// The server is told what to tell of its settings.
        SETTINGS,
        /// Logged in.
        READY,
        OVER
    }

    /// What is done when the server has answered.
    private interface Then {
        void run(Answer answer) throws Malformed;
    }

    /// What waits for a verdict.
    ///
    /// @param packet of the client's, with its head; empty for a prepared statement that is to run, which is still
    ///     unread
    private record Waiting(Command command, byte[] packet, Asked asked) {}

    private final MysqlOptions options;
    private final Masking masking;
    private final CancelKey key;
    private final byte[] nonce = new byte[Greeting.NONCE];

    private final Bytes clientIn = new Bytes();
    private final Bytes serverIn = new Bytes();
    private final Outgoing toClient = new Outgoing();
    private final Outgoing toServer = new Outgoing();
    private final List<Answered> answers = new ArrayList<>();
    private final PreparedStatements statements = new PreparedStatements();

    private Phase phase = Phase.START;
    private ClientProof proof = ClientProof.DONE;
    private Optional<ClientLogin> client = Optional.empty();
    private Optional<ServerLogin> login = Optional.empty();
    private Optional<ServerStart> serverStart = Optional.empty();
    private Optional<Greeting> greeting = Optional.empty();
    private Optional<Terms> terms = Optional.empty();

    private long asked;
    private Optional<Waiting> waiting = Optional.empty();

    /// A client that changes its user and was asked again for its proof.
    private Optional<ClientLogin> changing = Optional.empty();

    /// Why the prepared statement that comes next may not run any more.
    private Optional<Refusal> refused = Optional.empty();

    /// Our transaction is open in which the prepared statement runs that comes next.
    private boolean counting;

    private Optional<Passage> passage = Optional.empty();
    private Optional<Answer> current = Optional.empty();
    private Then then = answer -> {};

    /// What is still to come of a packet that passes from the server, and whether another one belongs to the same
    /// row.
    private int fromServer;

    private boolean rowGoesOn;

    /// @param masking of everything that the server answers
    /// @param random what nobody can guess: the client's nonce and number
    /// @param options what the connection decides
    public MysqlWire(Masking masking, RandomGenerator random, MysqlOptions options) {
        this.masking = masking;
        this.options = options;
        this.key = new CancelKey(random.nextInt(1, Integer.MAX_VALUE), new byte[0]);
        for (int i = 0; i < nonce.length; i++) {
            // printable, as servers make them: some clients treat it as text
            nonce[i] = (byte) random.nextInt('0', 'z');
        }
    }

    @Override
    public Optional<CancelKey> cancelKey() {
        return phase == Phase.READY ? Optional.of(key) : Optional.empty();
    }

    @Override
    public Optional<Wire> stopping() {
        return phase == Phase.READY
                ? greeting.map(server -> new MysqlStop(server.thread(), options.serverKeys()))
                : Optional.empty();
    }

    /// What a server calls its version in the packet that it begins with; empty when it does not greet, or not in
    /// printable words.
    ///
    /// @param payload of that packet
    public static Optional<String> versionOf(byte[] payload) {
        try {
            return Optional.of(
                            Greeting.read(new Body(payload, 0, payload.length)).version())
                    .filter(version -> version.chars().allMatch(c -> c > ' ' && c < 0x7f));
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    @Override
    public void begin(Sink sink) {
        new Greeting(
                        options.serverVersion().orElse(MysqlOptions.VERSION),
                        key.process(),
                        nonce,
                        Capabilities.offered(options.localFiles()),
                        Charsets.UTF8MB4,
                        Status.AUTOCOMMIT,
                        ClientProof.NATIVE)
                .write(toClient);
        flush(sink);
    }

    @Override
    public boolean awaits() {
        return switch (phase) {
            case START, PROVING, OVER -> false;
            case CONNECTING, GREETING, SECURING, LOGIN, SETTINGS -> true;
            case READY -> waiting.isPresent() || (current.isPresent() && passage.isEmpty());
        };
    }

    private Session session() {
        return terms().session();
    }

    private Terms terms() {
        return terms.orElseThrow();
    }

    // ---- the client's packets

    @Override
    public void client(byte[] bytes, int from, int to, Sink sink) {
        if (phase != Phase.OVER) {
            clientIn.add(bytes, from, to);
            goOn(sink);
        }
    }

    /// Takes what there is of the client's packets, until one has to be waited for.
    private void goOn(Sink sink) {
        int at = 0;
        try {
            while (!awaits() && phase != Phase.OVER) {
                int next = phase == Phase.READY ? ready(at, sink) : start(at, sink);
                if (next == at) {
                    break;
                }
                at = next;
            }
        } catch (Malformed e) {
            end("what the client sent was not understood: " + e.what(), sink);
        } catch (Stopped e) {
            end(e.sentence(), sink);
        }
        flush(sink);
        clientIn.dropUntil(at);
    }

    /// Where the packet of a login at `at` ends, if it is all there; else `at`.
    private int whole(int at) throws Malformed {
        if (clientIn.length() - at < Packet.HEAD) {
            return at;
        }
        int length = Packet.length(clientIn.array(), at);
        if (length > ClientLogin.LONGEST) {
            throw new Malformed("a login of " + length + " bytes");
        }
        if (clientIn.length() - at < Packet.HEAD + length) {
            return at;
        }
        toClient.heard(Packet.sequence(clientIn.array(), at));
        return at + Packet.HEAD + length;
    }

    /// Takes a packet of the client's login; returns where the next one begins, or `at` when it is not all there.
    private int start(int at, Sink sink) throws Malformed, Stopped {
        int end = whole(at);
        if (end == at) {
            return at;
        }
        var body = new Body(clientIn.array(), at + Packet.HEAD, end);
        if (phase == Phase.START) {
            var said = ClientLogin.read(body, Capabilities.offered(options.localFiles()));
            client = Optional.of(said);
            proof = ClientProof.of(said);
        } else {
            proof = proof.answered(body.rest());
        }
        if (proof.asks()) {
            phase = Phase.PROVING;
            proof.write(toClient, nonce);
        } else {
            phase = Phase.CONNECTING;
            flush(sink);
            sink.start(client.orElseThrow().start());
        }
        return end;
    }

    private int ready(int at, Sink sink) throws Malformed {
        if (passage.isPresent()) {
            return pass(passage.get(), at);
        }
        if (changing.isPresent()) {
            return proven(at, sink);
        }
        return command(at, sink);
    }

    private int pass(Passage passes, int at) throws Malformed {
        int next = passes.take(clientIn.array(), at, clientIn.length(), toClient, toServer);
        passed(passes);
        return next;
    }

    private void passed(Passage passes) throws Malformed {
        if (passes.done()) {
            passage = Optional.empty();
            passes.end();
        }
    }

    /// Lets the command at `at` pass; returns where what was not `taken` of it begins.
    private int begin(Passage passes, int at, int taken) throws Malformed {
        passes.head(clientIn.array(), at, taken, toClient, toServer);
        passage = Optional.of(passes);
        return at + Packet.HEAD;
    }

    private int drop(int at, Refusal refusal) throws Malformed {
        var passes = Passage.nowhere(() -> refusal.write(toClient));
        int next = begin(passes, at, 0);
        passed(passes);
        return next;
    }

    /// Takes the client's command at `at`, or begins to; returns where it goes on, or `at` when there is too little
    /// of it.
    private int command(int at, Sink sink) throws Malformed {
        var bytes = clientIn.array();
        int there = clientIn.length() - at;
        if (there < Packet.HEAD) {
            return at;
        }
        int length = Packet.length(bytes, at);
        if (length == 0 || Packet.sequence(bytes, at) != 0) {
            throw new Malformed("a command that does not begin");
        }
        if (there < Packet.HEAD + 1) {
            return at;
        }
        toClient.sequence(0);
        toServer.sequence(0);
        var command = Command.of(bytes[at + Packet.HEAD] & 0xff);
        if (command.isEmpty()) {
            return drop(at, new Refusal(1047, "08S01", "this command is not carried on this connection"));
        }
        if (command.get() == Command.STMT_EXECUTE) {
            return execute(at, sink);
        }
        if (command.get() == Command.STMT_SEND_LONG_DATA) {
            return longData(at);
        }
        if (length == Packet.LONGEST) {
            return drop(at, Refusal.tooLong("a statement of 16 MiB or more is too long to be judged"));
        }
        int end = at + Packet.HEAD + length;
        if (end > clientIn.length()) {
            return at;
        }
        toClient.heard(0);
        take(command.get(), at, end, sink);
        return end;
    }

    private void take(Command command, int at, int end, Sink sink) throws Malformed {
        var bytes = clientIn.array();
        var body = new Body(bytes, at + Packet.HEAD + 1, end);
        switch (command) {
            case QUIT -> {
                toServer.packet(bytes, at, end);
                left(sink);
            }
            case QUERY -> {
                var text = body.rest();
                ask(command, at, end, Asked.Kind.QUERY, session().decode(text), text, sink);
            }
            case INIT_DB -> askWords(command, at, end, Asked.Kind.QUERY, "USE ", body.rest(), sink);
            case FIELD_LIST ->
                askWords(command, at, end, Asked.Kind.QUERY, "SHOW COLUMNS FROM ", body.zeroEnded(), sink);
            case STMT_PREPARE -> {
                var text = body.rest();
                if (statements.hasRoom(text.length)) {
                    ask(command, at, end, Asked.Kind.PREPARED, session().decode(text), text, sink);
                } else {
                    statements.failed();
                    new Refusal(1461, "42000", "too many or too long prepared statements: close some of them")
                            .write(toClient);
                }
            }
            case STATISTICS -> send(at, end, new Answer(Kind.STATISTICS, terms(), NOTHING, new Tally(0)));
            case PING, SET_OPTION -> send(at, end, new Answer(Kind.PLAIN, terms(), NOTHING, new Tally(0)));
            case PROCESS_KILL -> Refusal.never(KILLS).write(toClient);
            case STMT_RESET -> {
                var known = statements.of(body.int32());
                if (known.isPresent()) {
                    statements.ended(known.get()).ifPresent(answers::add);
                    send(at, end, new Answer(Kind.PLAIN, terms(), NOTHING, new Tally(0)));
                } else {
                    Refusal.unknownStatement().write(toClient);
                }
            }
            case STMT_CLOSE -> {
                int id = body.int32();
                if (statements.of(id).filter(known -> known.id == id).isPresent()) {
                    statements.close(id).ifPresent(answers::add);
                    toServer.packet(bytes, at, end);
                }
            }
            case STMT_FETCH -> fetch(body, at, end);
            case RESET_CONNECTION ->
                reset(answer -> {
                    if (answer.failure().isPresent()) {
                        Errors.write(answer.failure().get(), terms());
                    } else {
                        setUp(() -> well());
                    }
                });
            case CHANGE_USER -> {
                var said = ClientLogin.change(body, client.orElseThrow());
                changing = Optional.of(said);
                proof = ClientProof.of(said);
                if (proof.asks()) {
                    proof.write(toClient, nonce);
                } else {
                    change(said, sink);
                }
            }
            case STMT_EXECUTE, STMT_SEND_LONG_DATA -> throw new IllegalStateException("these are not taken whole");
        }
    }

    private static final Reading NOTHING = new Reading.Unread("nothing");
    private static final String KILLS =
            "a connection cannot be ended from here; KILL QUERY stops a statement of another session of your own,"
                    + " by the number that its client knows";

    /// Sends the client's command on.
    private void send(int at, int end, Answer answer) {
        toServer.packet(clientIn.array(), at, end);
        await(answer, done -> {});
    }

    private void await(Answer answer, Then next) {
        current = Optional.of(answer);
        then = next;
    }

    /// Says OK to the client, with the session's status as it is now.
    private void well() {
        Ok.of(session().status()).write(toClient, 0, terms().clientHas(Capabilities.SESSION_TRACK));
    }

    // ---- statements

    private void ask(
            Command command, int at, int end, Asked.Kind kind, Optional<String> text, byte[] bytes, Sink sink) {
        var one = new Asked(++asked, kind, text, bytes, session().settings());
        waiting = Optional.of(new Waiting(command, Arrays.copyOfRange(clientIn.array(), at, end), one));
        flush(sink);
        sink.ask(one);
    }

    /// Asks for what is no SQL, in the words of SQL.
    private void askWords(Command command, int at, int end, Asked.Kind kind, String words, byte[] name, Sink sink) {
        var text = session().decode(name).map(known -> words + "`" + known.replace("`", "``") + "`");
        var bytes = new Bytes()
                .add(words.getBytes(StandardCharsets.US_ASCII))
                .add(name)
                .copy();
        ask(command, at, end, kind, text, bytes, sink);
    }

    @Override
    public void judged(Judged judged, Sink sink) {
        var one = waiting.orElseThrow(() -> new IllegalStateException("nothing waits for a verdict"));
        waiting = Optional.empty();
        try {
            switch (judged.verdict()) {
                case Verdict.Allow _, Verdict.Warn _ -> run(one, judged, sink);
                case Verdict.Block(var rule, var message) -> refuse(one, Refusal.of(rule, message));
                case Verdict.Hold _ ->
                    throw new IllegalStateException("a held statement is decided before it comes here");
            }
        } catch (Malformed e) {
            end(e.what(), sink);
        }
        goOn(sink);
    }

    @Override
    public void withdrawn(String sentence, Sink sink) {
        var one = waiting.orElseThrow(() -> new IllegalStateException("nothing waits for a verdict"));
        waiting = Optional.empty();
        refuse(one, Refusal.interrupted());
        goOn(sink);
    }

    /// Tells the client that its statement may not run.
    private void refuse(Waiting one, Refusal refusal) {
        var tally = new Tally(one.asked().number());
        tally.failed(refusal.state());
        answers.add(tally.answered());
        if (one.command() == Command.STMT_EXECUTE) {
            // it is still to be read over
            refused = Optional.of(refusal);
            return;
        }
        if (one.command() == Command.STMT_PREPARE) {
            statements.failed();
        }
        changing = Optional.empty();
        refusal.write(toClient);
    }

    private void run(Waiting one, Judged judged, Sink sink) throws Malformed {
        var limit = Verdicts.limit(judged.verdict());
        switch (one.command()) {
            case QUERY -> query(one, judged.reading(), limit, sink);
            case STMT_PREPARE -> prepare(one, judged);
            case STMT_EXECUTE -> statements.of(executing).ifPresent(known -> known.judged(one.asked(), judged));
            case INIT_DB -> {
                send(one, new Answer(Kind.PLAIN, terms(), judged.reading(), tally(one)), answer -> {
                    answers.add(answer.tally().answered());
                    if (answer.failure().isEmpty() && !session().tracks()) {
                        question(() -> {});
                    }
                });
            }
            case FIELD_LIST ->
                send(
                        one,
                        new Answer(Kind.FIELDS, terms(), judged.reading(), tally(one)),
                        answer -> answers.add(answer.tally().answered()));
            case CHANGE_USER -> changed(changing.orElseThrow());
            case QUIT,
                    STATISTICS,
                    PROCESS_KILL,
                    PING,
                    STMT_SEND_LONG_DATA,
                    STMT_CLOSE,
                    STMT_RESET,
                    SET_OPTION,
                    STMT_FETCH,
                    RESET_CONNECTION -> throw new IllegalStateException("not asked: " + one.command());
        }
    }

    private static Tally tally(Waiting one) {
        return new Tally(one.asked().number());
    }

    private void send(Waiting one, Answer answer, Then next) {
        toServer.sequence(0);
        toServer.bytes().add(one.packet());
        toServer.sequence(1);
        await(answer, next);
    }

    private void query(Waiting one, Reading reading, Optional<RowLimit> limit, Sink sink) throws Malformed {
        switch (Kill.of(one.asked(), reading)) {
            case Kill.None() -> {
                var answer = new Answer(Kind.QUERY, terms(), reading, tally(one));
                if (options.localFiles()
                        && Verdicts.readsFile(reading, one.asked().text())) {
                    var _ = answer.mayReadFile(one.asked().bytes());
                }
                if (limit.isEmpty()) {
                    send(one, answer, done -> settled(done, reading, one.asked().text()));
                } else {
                    limited(one, answer, reading, limit.get());
                }
            }
            case Kill.Query(int connection) -> {
                answers.add(tally(one).answered());
                well();
                flush(sink);
                sink.cancel(new CancelKey(connection, new byte[0]));
            }
            case Kill.Other() -> refuse(one, Refusal.never(KILLS));
        }
    }

    /// A statement has been answered: what it may have changed unseen is asked for.
    private void settled(Answer answer, Reading reading, Optional<String> text) throws Malformed {
        answers.add(answer.tally().answered());
        if (!session().tracks()) {
            if (Verdicts.maySet(reading)) {
                question(() -> {});
            }
        } else if (Verdicts.maySetTracking(reading, text)) {
            setUp(() -> {});
        }
    }

    private void prepare(Waiting one, Judged judged) {
        if (!(Kill.of(one.asked(), judged.reading()) instanceof Kill.None)) {
            refuse(one, Refusal.never(KILLS));
            return;
        }
        send(one, new Answer(Kind.PREPARE, terms(), judged.reading(), tally(one)), answer -> {
            if (answer.failure().isPresent()) {
                statements.failed();
                answers.add(answer.tally().answered());
            } else {
                statements.add(new Prepared(answer.prepared(), one.asked(), judged));
            }
        });
    }

    // ---- prepared statements

    /// The client's name of the statement that is asked for once more.
    private int executing;

    /// Begins to take an execution: what follows the statement's name passes as it comes.
    private int execute(int at, Sink sink) throws Malformed {
        var bytes = clientIn.array();
        if (Packet.length(bytes, at) < 10) {
            throw new Malformed("an execution that is cut off");
        }
        if (clientIn.length() - at < Packet.HEAD + 10) {
            return at;
        }
        var body = new Body(bytes, at + Packet.HEAD + 1, at + Packet.HEAD + 10);
        int id = body.int32();
        boolean cursor = body.int8() != 0;
        var known = statements.of(id);
        if (known.isEmpty()) {
            return drop(at, Refusal.unknownStatement());
        }
        if (refused.isPresent()) {
            var why = refused.get();
            refused = Optional.empty();
            return drop(at, why);
        }
        var one = known.get();
        if (!one.settings().equals(session().settings())) {
            // the text may mean something else by now
            executing = id;
            ask(Command.STMT_EXECUTE, at, at, Asked.Kind.PREPARED, one.text, one.bytes, sink);
            return at;
        }
        if (cursor && !statements.hasRoomForCursor()) {
            return drop(at, new Refusal(1461, "42000", "too many open cursors: close some of them"));
        }
        var answer = new Answer(Kind.EXECUTE, terms(), one.reading(), new Tally(one.number()));
        if (one.limit().isEmpty()) {
            return executes(one, at, answer, done -> executed(one, done));
        }
        return executesLimited(one, at, answer, one.limit().get(), cursor);
    }

    private int executes(Prepared one, int at, Answer answer, Then next) throws Malformed {
        statements.ended(one).ifPresent(answers::add);
        return named(one, at, () -> await(answer, next));
    }

    /// Passes a command that begins with a statement's name, which is the server's from here on.
    private int named(Prepared one, int at, Passage.End end) throws Malformed {
        var bytes = clientIn.array();
        var passes = Passage.command(end);
        int payload = begin(passes, at, 5);
        toServer.bytes().int8(bytes[payload]).int32(one.id);
        passed(passes);
        return payload + 5;
    }

    private void executed(Prepared one, Answer answer) throws Malformed {
        if (answer.hasCursor()) {
            statements.opened(one, new Prepared.Open(answer.tally(), answer.result()));
        } else {
            settled(answer, one.reading(), one.text);
        }
    }

    private int longData(int at) throws Malformed {
        var bytes = clientIn.array();
        if (Packet.length(bytes, at) < 7) {
            throw new Malformed("a parameter that is cut off");
        }
        if (clientIn.length() - at < Packet.HEAD + 7) {
            return at;
        }
        var known = statements.of(new Body(bytes, at + Packet.HEAD + 1, at + Packet.HEAD + 5).int32());
        if (known.isPresent()) {
            return named(known.get(), at, () -> {});
        }
        var passes = Passage.nowhere(() -> {});
        int next = begin(passes, at, 0);
        passed(passes);
        return next;
    }

    private void fetch(Body body, int at, int end) throws Malformed {
        var known = statements.of(body.int32());
        var open = known.flatMap(one -> one.open);
        if (known.isEmpty() || open.isEmpty()) {
            new Refusal(1421, "HY000", "The statement has no open cursor").write(toClient);
            return;
        }
        toServer.packet(clientIn.array(), at, end);
        await(Answer.fetch(terms(), open.get()), answer -> {
            if (!answer.hasCursor()) {
                statements.ended(known.get()).ifPresent(answers::add);
            }
        });
    }

    // ---- statements that may change only so many rows

    private static Refusal uncountable(RowLimit limit) {
        return Refusal.of(
                limit.rule(),
                limit.message() + " (its rows are counted only when it is sent alone, outside a transaction and with"
                        + " autocommit, and returns none)");
    }

    private boolean countable(Verdicts.Counting how) {
        return how == Verdicts.Counting.POSSIBLE && session().mayCount();
    }

    private void limited(Waiting one, Answer answer, Reading reading, RowLimit limit) throws Malformed {
        var how = Verdicts.counting(reading);
        if (how == Verdicts.Counting.NEEDLESS) {
            send(one, answer, done -> settled(done, reading, one.asked().text()));
        } else if (countable(how)) {
            ours("START TRANSACTION", begun -> {
                if (begun.failure().isPresent()) {
                    refuse(one, begun.failure().get());
                } else {
                    send(one, answer.held(), done -> decide(done, limit));
                }
            });
        } else {
            refuse(one, uncountable(limit));
        }
    }

    private int executesLimited(Prepared one, int at, Answer answer, RowLimit limit, boolean cursor) throws Malformed {
        var how = Verdicts.counting(one.reading());
        if (how == Verdicts.Counting.NEEDLESS) {
            return executes(one, at, answer, done -> executed(one, done));
        }
        if (counting) {
            counting = false;
            return executes(one, at, answer.held(), done -> decide(done, limit));
        }
        if (cursor || !countable(how)) {
            return drop(at, uncountable(limit));
        }
        ours("START TRANSACTION", begun -> {
            refused = begun.failure();
            counting = begun.failure().isEmpty();
        });
        return at;
    }

    /// Keeps or undoes what a statement has changed, and then tells the client.
    private void decide(Answer answer, RowLimit limit) throws Malformed {
        long rows = answer.ok().map(Ok::affected).orElse(0L);
        var failure = answer.failure();
        if (failure.isEmpty() && Long.compareUnsigned(rows, limit.rows()) > 0) {
            failure = Optional.of(Refusal.of(
                    limit.rule(), limit.message() + " (it would have changed " + rows + " rows, and was undone)"));
        }
        if (failure.isEmpty()) {
            ours("COMMIT", kept -> tell(answer, kept.failure()));
            return;
        }
        var why = failure.get();
        ours("ROLLBACK", undone -> {
            // tables without transactions keep what was changed (warning 1196)
            boolean partly = undone.failure().isPresent()
                    || undone.ok().filter(ok -> ok.warnings() > 0).isPresent();
            tell(
                    answer,
                    Optional.of(
                            partly
                                    ? new Refusal(
                                            why.code(),
                                            why.state(),
                                            why.message() + " (some of it could not be undone: a table has no"
                                                    + " transactions)")
                                    : why));
        });
    }

    private void tell(Answer answer, Optional<Refusal> failure) {
        if (failure.isPresent()) {
            answer.tally().failed(failure.get().state());
            Errors.write(failure.get(), terms());
        } else {
            var ok = answer.ok().orElseThrow();
            ok.withStatus(ok.status() & ~Status.IN_TRANSACTION)
                    .write(toClient, 0, terms().clientHas(Capabilities.SESSION_TRACK));
        }
        answers.add(answer.tally().answered());
    }

    // ---- commands of ours

    private void ours(String text, Then next) {
        ours(Command.QUERY, text.getBytes(StandardCharsets.US_ASCII), next);
    }

    private void ours(Command command, byte[] rest, Then next) {
        toServer.sequence(0);
        int packet = toServer.begin();
        toServer.bytes().int8(command.code).add(rest);
        toServer.end(packet);
        await(Answer.hidden(command == Command.QUERY ? Kind.QUERY : Kind.PLAIN, terms()), next);
    }

    /// Has the server tell what changes, and asks how it is.
    private void setUp(Passage.End next) throws Malformed {
        if (!terms().serverHas(Capabilities.SESSION_TRACK)) {
            question(next);
            return;
        }
        ours(Session.TRACK, answer -> {
            session().tracks(answer.failure().isEmpty());
            question(next);
        });
    }

    private void question(Passage.End next) {
        ours(Session.QUESTION, answer -> {
            if (answer.failure().isPresent()) {
                throw new Malformed("its settings, which it does not tell");
            }
            session().told(answer.row());
            next.run();
        });
    }

    // ---- change of user, and reset

    /// Makes the session new. What was prepared is gone.
    private void reset(Then next) {
        ours(Command.RESET_CONNECTION, new byte[0], answer -> {
            if (answer.failure().isEmpty()) {
                answers.addAll(statements.clear());
            }
            next.run(answer);
        });
    }

    /// Takes a client's second proof.
    private int proven(int at, Sink sink) throws Malformed {
        int end = whole(at);
        if (end > at) {
            proof = proof.answered(new Body(clientIn.array(), at + Packet.HEAD, end).rest());
            change(changing.orElseThrow(), sink);
        }
        return end;
    }

    /// Whoever it is now is who it was: the session begins anew, with another database if there is one.
    private void change(ClientLogin said, Sink sink) {
        if (said.database().isPresent()) {
            askWords(
                    Command.CHANGE_USER,
                    0,
                    0,
                    Asked.Kind.QUERY,
                    "USE ",
                    said.database().get().getBytes(StandardCharsets.UTF_8),
                    sink);
        } else {
            changed(said);
        }
    }

    private void changed(ClientLogin said) {
        changing = Optional.empty();
        reset(answer -> {
            if (answer.failure().isPresent()) {
                Errors.write(answer.failure().get(), terms());
            } else if (said.database().isPresent()) {
                var name = said.database().get().getBytes(session().messages());
                ours(Command.INIT_DB, name, used -> {
                    if (used.failure().isPresent()) {
                        Errors.write(used.failure().get(), terms());
                        setUp(() -> {});
                    } else {
                        names(said);
                    }
                });
            } else {
                names(said);
            }
        });
    }

    /// Has the character set that a client names with its new user, if it is another than it began with.
    private void names(ClientLogin said) throws Malformed {
        var before = client.orElseThrow().loginCharset();
        var set = Charsets.ofCollation(said.charset()).filter(name -> said.charset() != before);
        if (set.isPresent()) {
            ours("SET NAMES " + set.get(), answer -> setUp(this::changedWell));
        } else {
            setUp(this::changedWell);
        }
    }

    private void changedWell() {
        if (proof == ClientProof.FAST) {
            proof.write(toClient, nonce);
        }
        well();
    }

    // ---- the server's packets

    @Override
    public void connected(ServerLogin asWhom, Sink sink) {
        if (phase == Phase.CONNECTING) {
            login = Optional.of(asWhom);
            phase = Phase.GREETING;
        }
    }

    @Override
    public void secured(Optional<byte[]> endPoint, Sink sink) {
        try {
            phase = Phase.LOGIN;
            serverStart.orElseThrow().secured(toServer);
        } catch (Malformed e) {
            end("what the database sent was not understood: " + e.what(), sink);
        } catch (Stopped e) {
            end(e.sentence(), sink);
        }
        flush(sink);
    }

    @Override
    public void server(byte[] bytes, int from, int to, Sink sink) {
        if (phase == Phase.OVER) {
            return;
        }
        int at = from;
        try {
            if (serverIn.isEmpty()) {
                at = packets(bytes, from, to, sink);
                flush(sink);
                serverIn.add(bytes, at, to);
            } else {
                serverIn.add(bytes, from, to);
                int next = packets(serverIn.array(), 0, serverIn.length(), sink);
                flush(sink);
                serverIn.dropUntil(next);
            }
        } catch (Malformed e) {
            end("what the database sent was not understood: " + e.what(), sink);
        } catch (Stopped e) {
            end(e.sentence(), sink);
        }
        if (phase == Phase.READY && !awaits() && !clientIn.isEmpty()) {
            goOn(sink);
        }
    }

    private int packets(byte[] bytes, int from, int to, Sink sink) throws Malformed, Stopped {
        int at = from;
        while (at < to && phase != Phase.OVER) {
            int next = switch (phase) {
                case GREETING, LOGIN -> loginPacket(bytes, at, to, sink);
                case SETTINGS, READY -> packet(bytes, at, to, sink);
                case START, PROVING, CONNECTING, SECURING ->
                    throw new Malformed("a database that speaks before it is asked");
                case OVER -> to;
            };
            if (next == at) {
                break;
            }
            at = next;
        }
        return phase == Phase.OVER ? to : at;
    }

    private int loginPacket(byte[] bytes, int at, int to, Sink sink) throws Malformed, Stopped {
        if (to - at < Packet.HEAD) {
            return at;
        }
        int length = Packet.length(bytes, at);
        if (length == 0 || length > ClientLogin.LONGEST) {
            throw new Malformed("a packet of " + length + " bytes before the login");
        }
        int end = at + Packet.HEAD + length;
        if (to < end) {
            return at;
        }
        toServer.heard(Packet.sequence(bytes, at));
        var body = new Body(bytes, at + Packet.HEAD, end);
        if (phase == Phase.GREETING) {
            if (end < to) {
                throw new Malformed("bytes after its greeting, before it is answered");
            }
            greeted(body, bytes, at, sink);
        } else {
            var start = serverStart.orElseThrow();
            var ok = start.answer(body, toServer);
            if (ok.isPresent()) {
                loggedIn(start, ok.get(), sink);
            }
        }
        return end;
    }

    private void greeted(Body body, byte[] bytes, int at, Sink sink) throws Malformed, Stopped {
        if (Packet.first(bytes, at) == 0xff) {
            body.skip(1);
            throw ServerStart.refused(body.int16());
        }
        var said = Greeting.read(body);
        greeting = Optional.of(said);
        var start = new ServerStart(login.orElseThrow(), client.orElseThrow(), options.serverKeys());
        serverStart = Optional.of(start);
        login = Optional.empty();
        if (start.greeted(said, toServer)) {
            phase = Phase.SECURING;
            flush(sink);
            sink.secure();
        } else {
            phase = Phase.LOGIN;
        }
    }

    private void loggedIn(ServerStart start, Ok ok, Sink sink) throws Malformed {
        // the password is not needed for longer than the login
        serverStart = Optional.empty();
        var session = new Session(greeting.orElseThrow().version());
        terms = Optional.of(
                new Terms(session, masking, client.orElseThrow().capabilities(), start.capabilities(), toClient));
        session.answered(ok);
        phase = Phase.SETTINGS;
        setUp(() -> {
            phase = Phase.READY;
            changedWell();
            flush(sink);
            sink.loggedIn();
        });
    }

    /// Takes the server's packet at `at`, or some of it; returns where it goes on, or `at` when there is too little
    /// of it.
    private int packet(byte[] bytes, int at, int to, Sink sink) throws Malformed {
        if (fromServer > 0) {
            int length = Math.min(fromServer, to - at);
            current.orElseThrow().rowBytes(bytes, at, at + length);
            fromServer -= length;
            return at + length;
        }
        if (to - at < Packet.HEAD) {
            return at;
        }
        int length = Packet.length(bytes, at);
        if (rowGoesOn) {
            toServer.heard(Packet.sequence(bytes, at));
            current.orElseThrow().rowGoesOn(bytes, at);
            passRow(length);
            return at + Packet.HEAD;
        }
        if (length > 0 && to - at < Packet.HEAD + 1) {
            return at;
        }
        int first = Packet.first(bytes, at);
        if (current.isEmpty() || passage.isPresent()) {
            return unasked(first, bytes, at, to, sink);
        }
        var answer = current.get();
        if (answer.streams(first, length)) {
            toServer.heard(Packet.sequence(bytes, at));
            answer.rowPasses(bytes, at);
            passRow(length);
            return at + Packet.HEAD;
        }
        if (length == Packet.LONGEST) {
            answer.tooLong();
            return at == to ? at : packet(bytes, at, to, sink);
        }
        int end = at + Packet.HEAD + length;
        if (to < end) {
            return at;
        }
        toServer.heard(Packet.sequence(bytes, at));
        answer.take(bytes, at, end);
        if (answer.done()) {
            var next = then;
            current = Optional.empty();
            next.run(answer);
        } else if (answer.awaitsFile()) {
            file(answer);
        }
        return end;
    }

    private void passRow(int length) {
        fromServer = length;
        rowGoesOn = length == Packet.LONGEST;
    }

    /// The server waits for a file of the client's: it comes next, or none does.
    private void file(Answer answer) {
        if (answer.muted()) {
            int packet = toServer.begin();
            toServer.end(packet);
        } else {
            passage = Optional.of(Passage.file(() -> {}));
        }
    }

    /// The server says something that nobody asked for: that it ends the session, or nothing that belongs here.
    private int unasked(int first, byte[] bytes, int at, int to, Sink sink) throws Malformed {
        int end = at + Packet.HEAD + Packet.length(bytes, at);
        if (first != 0xff || Packet.length(bytes, at) > ClientLogin.LONGEST) {
            throw new Malformed("an answer to nothing that was asked");
        }
        if (to < end) {
            return at;
        }
        var error = Errors.read(new Body(bytes, at + Packet.HEAD + 1, end), terms());
        if (passage.isEmpty() && clientIn.isEmpty()) {
            // the client reads it when it sends its next command
            toClient.sequence(1);
            Errors.write(error, terms());
        }
        over();
        flush(sink);
        sink.end("the database ended the session");
        return end;
    }

    // ---- ends

    @Override
    public void say(String sentence, Sink sink) {}

    @Override
    public void refuse(String sentence, Sink sink) {
        end(sentence, sink);
    }

    /// The session cannot go on: the client is told, if there is room for it.
    private void end(String sentence, Sink sink) {
        if (phase == Phase.OVER) {
            return;
        }
        boolean room = fromServer == 0 && !rowGoesOn;
        if (phase == Phase.START && toClient.sequence() == 1) {
            // the client's login comes first
            toClient.sequence(2);
        } else if (phase == Phase.READY && current.isEmpty() && waiting.isEmpty() && passage.isEmpty()) {
            toClient.sequence(1);
        }
        over();
        if (room) {
            Refusal.fatal(sentence).write(toClient);
        }
        flush(sink);
        sink.end(sentence);
    }

    private void over() {
        phase = Phase.OVER;
        current.ifPresent(answer -> {
            answer.tally().failed(ENDED);
            answers.add(answer.tally().answered());
        });
        current = Optional.empty();
        answers.addAll(statements.clear());
        login = Optional.empty();
        serverStart = Optional.empty();
    }

    /// SQLSTATE of a statement whose answer did not come to its end.
    private static final String ENDED = "08S01";

    private void left(Sink sink) {
        over();
        flush(sink);
        sink.end("the client left");
    }

    @Override
    public void clientEnded(Sink sink) {
        if (phase == Phase.OVER) {
            return;
        }
        if (phase == Phase.READY && current.isEmpty() && passage.isEmpty()) {
            toServer.sequence(0);
            int packet = toServer.begin();
            toServer.bytes().int8(Command.QUIT.code);
            toServer.end(packet);
        }
        left(sink);
    }

    @Override
    public void serverEnded(Sink sink) {
        if (phase == Phase.READY && current.isEmpty()) {
            over();
            flush(sink);
            sink.end("the database ended the session");
        } else {
            end("the database ended the session", sink);
        }
    }

    private void flush(Sink sink) {
        toServer.flush(sink::toServer);
        toClient.flush(sink::toClient);
        if (!answers.isEmpty()) {
            for (var answer : answers) {
                if (answer.number() > 0) {
                    sink.answered(answer);
                }
            }
            answers.clear();
        }
    }
}
