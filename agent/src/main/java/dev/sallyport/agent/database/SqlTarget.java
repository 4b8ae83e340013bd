package dev.sallyport.agent.database;

import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.text.SqlSplitter;
import dev.sallyport.inspect.postgres.TextClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SQL that came as a command or on stdin, run without any client program: a client of our own at the near end of the
/// same
/// [DatabaseTarget] that a forwarded client talks to, so that every statement is judged, masked and recorded in the
/// same way.
///
/// Statements run one by one, each for itself; the first error ends it with exit status 1. Rows go to stdout; what was
/// done, notices and errors go to stderr.
final class SqlTarget implements Target {

    private static final Logger LOG = LoggerFactory.getLogger(SqlTarget.class);

    /// Statements that wait for those before them.
    private static final int MOST_WAITING = 64;

    private static final int FLUSH = 32_768;

    /// How often those who wait look whether it is over.
    private static final long LOOK_MILLIS = 500;

    /// What a terminal sends for Ctrl-C.
    private static final byte INTERRUPT = 3;

    private static final String END = "";

    private final DatabaseTarget inner;
    private final Optional<String> command;
    private final boolean table;
    private final SqlPrinter printer;
    private final TextClient client = new TextClient();
    private final SqlSplitter splitter = new SqlSplitter();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] undecoded = {};
    private final BlockingQueue<String> statements = new ArrayBlockingQueue<>(MOST_WAITING);

    private final CountDownLatch errorsReceive = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final java.util.concurrent.Semaphore ready = new java.util.concurrent.Semaphore(0);
    private volatile Output.Receiver errors = NOBODY;
    private volatile boolean failed;
    private volatile boolean ended;

    private static final Output.Receiver NOBODY = new Output.Receiver() {
        @Override
        public void take(Output.Piece piece) {
            throw new IllegalStateException("nobody receives yet");
        }

        @Override
        public void recorded(Output.Piece piece) {
            throw new IllegalStateException("nobody receives yet");
        }
    };

    /// @param command SQL; empty: it comes on stdin
    /// @param table whether results are for a terminal
    SqlTarget(DatabaseTarget inner, Optional<String> command, boolean table) {
        this.inner = inner;
        this.command = command;
        this.table = table;
        this.printer = new SqlPrinter(table);
    }

    @Override
    public boolean forwards() {
        return false;
    }

    @Override
    public Output output() {
        return new Output() {
            @Override
            public Piece next() {
                throw new IllegalStateException("a database hands its output over");
            }

            @Override
            public void into(Receiver to) throws LinkLost, InterruptedException {
                read(to);
            }
        };
    }

    @Override
    public Optional<Output> errors() {
        return Optional.of(new Output() {
            @Override
            public Piece next() {
                throw new IllegalStateException("a database hands its errors over");
            }

            @Override
            public void into(Receiver to) throws LinkLost, InterruptedException {
                errors = to;
                errorsReceive.countDown();
                over.await();
                to.take(new Piece.End());
            }
        });
    }

    private void read(Output.Receiver to) throws LinkLost, InterruptedException {
        errorsReceive.await();
        var shown = new Shown(to);
        try {
            inner.output().into(new Output.Receiver() {
                @Override
                public void take(Output.Piece piece) throws LinkLost, InterruptedException {
                    switch (piece) {
                        case Output.Piece.Bytes(var bytes) -> shown.received(bytes);
                        case Output.Piece.End() -> {
                            // it is said below
                        }
                        case Output.Piece.Echo _,
                                Output.Piece.File _,
                                Output.Piece.Statement _,
                                Output.Piece.Hold _,
                                Output.Piece.HoldEnded _ -> to.take(piece);
                    }
                }

                @Override
                public void recorded(Output.Piece piece) throws LinkLost, InterruptedException {
                    to.recorded(piece);
                }
            });
            shown.flush();
        } catch (java.io.IOException e) {
            LOG.debug("a database's output broke off", e);
        } finally {
            ended = true;
            over.countDown();
            ready.release();
        }
        to.take(new Output.Piece.End());
    }

    /// Turns what the server says into text.
    private final class Shown implements TextClient.Listener {

        private final Output.Receiver to;
        private final ByteArrayOutputStream rows = new ByteArrayOutputStream();
        private final StringBuilder told = new StringBuilder();
        private boolean becameReady;
        private boolean wantsData;

        Shown(Output.Receiver to) {
            this.to = to;
        }

        void received(byte[] bytes) throws LinkLost, InterruptedException {
            try {
                client.received(bytes, 0, bytes.length, this);
            } catch (TextClient.Broken e) {
                failed = true;
                told.append("sally: ").append(e.getMessage()).append('\n');
                inner.kill();
            }
            flush();
            if (wantsData) {
                wantsData = false;
                Thread.ofVirtual().start(SqlTarget.this::refuseData);
            }
            if (becameReady) {
                becameReady = false;
                ready.release();
            }
        }

        void flush() throws LinkLost, InterruptedException {
            hand(to, rows.toByteArray());
            rows.reset();
            var text = table ? told.toString().replace("\n", "\r\n") : told.toString();
            told.setLength(0);
            hand(errors, text.getBytes(StandardCharsets.UTF_8));
        }

        private static void hand(Output.Receiver receiver, byte[] bytes) throws LinkLost, InterruptedException {
            for (int at = 0; at < bytes.length; at += FLUSH) {
                receiver.take(
                        new Output.Piece.Bytes(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + FLUSH))));
            }
        }

        private void print(String text) {
            rows.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void columns(List<String> names) {
            print(printer.columns(names));
        }

        @Override
        public void row(List<Optional<byte[]>> values) {
            print(printer.row(values));
        }

        @Override
        public void copied(byte[] bytes, int from, int to) {
            rows.write(bytes, from, to - from);
        }

        @Override
        public void done(String tag) {
            print(printer.end());
            if (!tag.startsWith("SELECT") && !tag.startsWith("SHOW")) {
                told.append(tag).append('\n');
            }
        }

        @Override
        public void wantsData() {
            wantsData = true;
        }

        @Override
        public void said(TextClient.Said said) {
            failed |= said.error();
            told.append(said.severity()).append(":  ").append(said.message()).append('\n');
            if (!said.detail().isEmpty()) {
                told.append("DETAIL:  ").append(said.detail()).append('\n');
            }
            if (!said.hint().isEmpty()) {
                told.append("HINT:  ").append(said.hint()).append('\n');
            }
        }

        @Override
        public void ready() {
            becameReady = true;
        }
    }

    private void refuseData() {
        try {
            send(TextClient.noData("data for a COPY goes through a forwarded port and a client, as psql's \\copy"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(byte[] message) throws InterruptedException {
        var _ = inner.write(message);
    }

    @Override
    public boolean write(byte[] bytes) throws InterruptedException {
        if (command.isEmpty()) {
            return pass(bytes, false);
        }
        if (!table) {
            return false;
        }
        for (byte each : bytes) {
            if (each == INTERRUPT) {
                signal("INT");
            }
        }
        return !ended;
    }

    @Override
    public void endInput() throws InterruptedException {
        if (command.isEmpty() && pass(new byte[0], true)) {
            for (var statement : splitter.rest()) {
                put(statement);
            }
            put(END);
        }
    }

    private boolean pass(byte[] bytes, boolean last) throws InterruptedException {
        var all = Arrays.copyOf(undecoded, undecoded.length + bytes.length);
        System.arraycopy(bytes, 0, all, undecoded.length, bytes.length);
        var in = ByteBuffer.wrap(all);
        var text = CharBuffer.allocate(all.length + 1);
        decoder.decode(in, text, last);
        undecoded = Arrays.copyOfRange(all, in.position(), all.length);
        try {
            for (var statement : splitter.take(text.flip())) {
                put(statement);
            }
        } catch (SqlSplitter.TooLong e) {
            failed = true;
            tell("sally: " + e.getMessage());
            inner.kill();
            return false;
        }
        return !ended;
    }

    private void put(String statement) throws InterruptedException {
        while (!ended && !failed) {
            if (statements.offer(statement, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private void tell(String sentence) throws InterruptedException {
        try {
            errorsReceive.await();
            errors.take(new Output.Piece.Bytes((sentence + (table ? "\r\n" : "\n")).getBytes(StandardCharsets.UTF_8)));
        } catch (LinkLost e) {
            inner.kill();
        }
    }

    /// Runs the statements, here: somebody waits for the end anyway.
    @Override
    public Message.Exit exit() throws InterruptedException {
        send(TextClient.start("sally"));
        if (awaitReady()) {
            if (command.isPresent()) {
                runAll(command.get());
            } else {
                runInput();
            }
        }
        if (!ended) {
            send(TextClient.end());
            inner.endInput();
        }
        var _ = inner.exit();
        return new Message.Exit(Optional.of(failed ? 1 : 0), Optional.empty(), false);
    }

    private void runAll(String text) throws InterruptedException {
        var all = new ArrayList<String>();
        try {
            all.addAll(splitter.take(text));
            all.addAll(splitter.rest());
        } catch (SqlSplitter.TooLong e) {
            failed = true;
            tell("sally: " + e.getMessage());
            return;
        }
        for (var statement : all) {
            if (!run(statement)) {
                return;
            }
        }
    }

    private void runInput() throws InterruptedException {
        while (!ended) {
            var statement = statements.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (statement != null && (statement.equals(END) || !run(statement))) {
                return;
            }
        }
    }

    /// Whether to go on.
    private boolean run(String statement) throws InterruptedException {
        if (statement.startsWith("\\")) {
            failed = true;
            tell("sally: commands that begin with \\ are psql's, not SQL: forward a port with -L, and use psql");
            return false;
        }
        send(TextClient.query(statement));
        return awaitReady();
    }

    /// Whether the server waits for the next statement, and nothing has failed.
    private boolean awaitReady() throws InterruptedException {
        ready.acquire();
        return !ended && !failed;
    }

    @Override
    public void resize(Message.Resize size) {}

    /// Ctrl-C: the statement that runs is stopped with the session.
    @Override
    public void signal(String name) {
        if (name.equals("INT") || name.equals("TERM") || name.equals("HUP")) {
            failed = true;
            inner.kill();
        }
    }

    @Override
    public boolean seen(Message.HoldSeen seen) {
        return inner.seen(seen);
    }

    @Override
    public boolean decided(Message.Decided decided) {
        return inner.decided(decided);
    }

    @Override
    public void kill() {
        inner.kill();
    }

    @Override
    public void close() {
        inner.close();
    }
}
