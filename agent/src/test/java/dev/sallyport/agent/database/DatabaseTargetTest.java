package dev.sallyport.agent.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.target.Output;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.mysql.MysqlOptions;
import dev.sallyport.inspect.mysql.MysqlWire;
import dev.sallyport.inspect.postgres.PostgresWire;
import dev.sallyport.inspect.sql.Reading;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatabaseTargetTest {

    private static byte[] message(char type, byte[] body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeByte(type);
        out.writeInt(4 + body.length);
        out.write(body);
        return bytes.toByteArray();
    }

    private static byte[] start() throws IOException {
        var body = "user\0anyone\0\0".getBytes(StandardCharsets.US_ASCII);
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(8 + body.length);
        out.writeInt(3 << 16);
        out.write(body);
        return bytes.toByteArray();
    }

    /// Lets everybody in, and answers the first query with rows without an end.
    private static void flood(ServerSocket listening, CountDownLatch closed) {
        try (var socket = listening.accept()) {
            var in = socket.getInputStream();
            var out = socket.getOutputStream();
            var buffer = new byte[1_024];
            assertThat(in.read(buffer)).isPositive();
            out.write(message('R', new byte[4]));
            out.write(message('Z', new byte[] {'I'}));
            assertThat(in.read(buffer)).isPositive();
            out.write(message('T', new byte[2]));
            var row = message('D', new byte[2]);
            while (true) {
                out.write(row);
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private static final class Opening implements DatabaseTarget.Opening {

        private final int port;
        private final AtomicBoolean released = new AtomicBoolean();

        Opening(int port) {
            this.port = port;
        }

        @Override
        public ServerLogin login(ClientStart start) {
            return new ServerLogin(
                    "app", Optional.empty(), Optional.empty(), ServerLogin.Tls.DISABLE, false, "sallyport");
        }

        @Override
        public ServerLogin again() {
            throw new IllegalStateException("nothing is stopped here");
        }

        @Override
        public DatabaseSocket connect() throws DatabaseSocket.Unreachable {
            return DatabaseSocket.open(new TargetSettings.Database(
                    DatabaseProtocol.POSTGRES,
                    "127.0.0.1",
                    port,
                    "app",
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    DatabaseTls.DISABLE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    false,
                    List.of(),
                    Optional.empty()));
        }

        @Override
        public ServerTrust trust() {
            throw new IllegalStateException("nothing is secured here");
        }

        @Override
        public void notTaken() {}

        @Override
        public void released() {
            released.set(true);
        }

        @Override
        public void stoppable(CancelKey key, DatabaseTarget target) {}

        @Override
        public void cancel(CancelKey key) {}
    }

    /// Takes what it is given until the first row, and nothing after.
    private static final class StuckReader implements Output.Receiver {

        private final CountDownLatch stuck = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);

        @Override
        public void take(Output.Piece piece) throws InterruptedException {
            if (piece instanceof Output.Piece.Bytes(var bytes) && bytes[0] == 'T') {
                stuck.countDown();
                never.await();
            }
        }

        @Override
        public void recorded(Output.Piece piece) throws InterruptedException {
            take(piece);
        }
    }

    /// What a server does once it has taken a query.
    private interface Answering {
        void answer(Socket client) throws IOException;
    }

    /// Lets one client in, and takes one query.
    private static void takeOne(ServerSocket listening, Answering answering) {
        try (var socket = listening.accept()) {
            var in = socket.getInputStream();
            var out = socket.getOutputStream();
            var buffer = new byte[1_024];
            assertThat(in.read(buffer)).isPositive();
            out.write(message('R', new byte[4]));
            out.write(message('Z', new byte[] {'I'}));
            assertThat(in.read(buffer)).isPositive();
            answering.answer(socket);
        } catch (IOException e) {
            // it left
        }
    }

    /// What a user gets who sends one query: letters of the server's messages, and `judged`.
    private static List<String> told(Answering answering, Predicate<List<String>> enough) throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var server = Thread.ofVirtual().start(() -> takeOne(listening, answering));
            var reader = new Reader();
            Thread reading;
            try (var target = new DatabaseTarget(
                    new Inspection(
                            new PostgresWire(Masking.NONE, new SecureRandom()),
                            asked -> new Judged(Verdict.ALLOW, new Reading.Unread("not looked at")),
                            Masking.NONE),
                    new Opening(listening.getLocalPort()),
                    new TestingHolding().holding())) {
                var output = target.output();
                reading = Thread.ofVirtual().start(() -> into(output, reader));
                assertThat(target.write(start())).isTrue();
                await().atMost(60, TimeUnit.SECONDS).until(() -> letters(reader).contains("Z"));
                reader.pieces.clear();
                var _ = target.write(message('Q', "select 1\0".getBytes(StandardCharsets.US_ASCII)));
                await().atMost(60, TimeUnit.SECONDS).until(() -> enough.test(letters(reader)));
            }
            reading.join();
            server.join();
            return letters(reader);
        }
    }

    private static List<String> letters(Reader reader) {
        return reader.pieces.stream()
                .flatMap(piece -> switch (piece) {
                    case Output.Piece.Statement(var part, var _) -> Stream.of(part.name());
                    case Output.Piece.Bytes(var bytes) -> types(ByteBuffer.wrap(bytes));
                    case Output.Piece.End _ -> Stream.of("end");
                    case Output.Piece.Echo _, Output.Piece.File _, Output.Piece.Hold _, Output.Piece.HoldEnded _ ->
                        Stream.of("?");
                })
                .toList();
    }

    /// The types of whole messages.
    private static Stream<String> types(ByteBuffer messages) {
        var types = Stream.<String>builder();
        while (messages.hasRemaining()) {
            types.add(Character.toString(messages.get()));
            messages.position(messages.position() + messages.getInt(messages.position()));
        }
        return types.build();
    }

    /// What a statement answers is never shown before its verdict stands in the record, however soon it comes.
    @Test
    void aVerdictComesAheadOfWhatItsStatementAnswers() throws Exception {
        var told = told(
                client -> {
                    client.getOutputStream().write(message('T', new byte[2]));
                    assertThat(client.getInputStream().read()).isNegative();
                },
                letters -> letters.contains("T"));
        assertThat(told).startsWith("JUDGED", "T");
    }

    @Test
    void aStatementThatTheServerTakesLongForIsToldOfMeanwhile() throws Exception {
        var told = told(
                client -> assertThat(client.getInputStream().read()).isNegative(),
                letters -> letters.contains("JUDGED"));
        assertThat(told).first().isEqualTo("JUDGED");
    }

    @Test
    void aStatementAtWhichTheServerEndsIsToldOf() throws Exception {
        var told = told(Socket::close, letters -> letters.contains("end"));
        assertThat(told).startsWith("JUDGED").endsWith("end").doesNotHaveDuplicates();
    }

    @Test
    void aSessionIsEndedAlsoWhileItsUserDoesNotRead() throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var closed = new CountDownLatch(1);
            var server = Thread.ofVirtual().start(() -> flood(listening, closed));
            var opening = new Opening(listening.getLocalPort());
            var reader = new StuckReader();
            var wire = new PostgresWire(Masking.NONE, new SecureRandom());
            try (var target = new DatabaseTarget(
                    new Inspection(
                            wire,
                            asked -> new Judged(Verdict.ALLOW, new Reading.Unread("not looked at")),
                            Masking.NONE),
                    opening,
                    new TestingHolding().holding())) {
                var output = target.output();
                var reading = Thread.ofVirtual().start(() -> into(output, reader));
                try {
                    assertThat(target.write(start())).isTrue();
                    var query = message('Q', "select 1\0".getBytes(StandardCharsets.US_ASCII));
                    // may have to wait for its turn, once rows come that nobody takes
                    var writing = Thread.ofVirtual().start(() -> write(target, query));
                    assertThat(reader.stuck.await(60, TimeUnit.SECONDS)).isTrue();

                    var killing = Thread.ofVirtual().start(target::kill);
                    assertThat(killing.join(java.time.Duration.ofSeconds(60)))
                            .as("an end waits for nobody")
                            .isTrue();
                    assertThat(closed.await(60, TimeUnit.SECONDS))
                            .as("the server's connection has ended")
                            .isTrue();
                    assertThat(target.exit().status()).contains(0);
                    assertThat(opening.released).isTrue();
                    reading.interrupt();
                    reading.join();
                    writing.join();
                } finally {
                    // or a broken end would hang, and not fail
                    reader.never.countDown();
                }
            }
            server.join();
        }
    }

    /// MySQL's greeting ("Protocol::HandshakeV10"), as short as it can be.
    private static byte[] greeting() throws IOException {
        var body = new ByteArrayOutputStream();
        body.write(10);
        body.write("8.0.36\0".getBytes(StandardCharsets.US_ASCII));
        body.write(
                new byte[] {1, 0, 0, 0, 'n', 'o', 'n', 'c', 'e', '-', '-', '8', 0, 0x01, (byte) 0x82, 45, 2, 0, 8, 0, 21
                });
        body.write(new byte[10]);
        body.write("twelve-bytes\0mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
        return packet(0, body.toByteArray());
    }

    private static byte[] packet(int sequence, byte[] body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) body.length, (byte) (body.length >> 8), 0, (byte) sequence});
        bytes.write(body);
        return bytes.toByteArray();
    }

    /// "Protocol::HandshakeResponse41" with no name, no proof and no plugin.
    private static byte[] mysqlLogin() throws IOException {
        var body = new ByteArrayOutputStream();
        body.write(new byte[] {0x00, (byte) 0x82, 0, 0, 0, 0, 0, 1, 45});
        body.write(new byte[23]);
        body.write(new byte[] {0, 0});
        return packet(1, body.toByteArray());
    }

    /// Keeps everything that comes.
    private static final class Reader implements Output.Receiver {

        private final java.util.Queue<Output.Piece> pieces = new java.util.concurrent.ConcurrentLinkedQueue<>();

        @Override
        public void take(Output.Piece piece) {
            pieces.add(piece);
        }

        @Override
        public void recorded(Output.Piece piece) {
            pieces.add(piece);
        }
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        try (var listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var logins = new java.util.concurrent.LinkedBlockingQueue<Integer>();
            var server = Thread.ofVirtual().start(() -> greet(listening, logins));
            // who reads and who connects are two threads: often enough for each to come first
            for (int round = 0; round < ROUNDS; round++) {
                var opening = new Opening(listening.getLocalPort());
                try (var target = new DatabaseTarget(
                        new Inspection(
                                new MysqlWire(Masking.NONE, new SecureRandom(), MysqlOptions.STRICT),
                                asked -> new Judged(Verdict.ALLOW, new Reading.Unread("not looked at")),
                                Masking.NONE),
                        opening,
                        new TestingHolding().holding())) {
                    var output = target.output();
                    var reader = new Reader();
                    var reading = Thread.ofVirtual().start(() -> into(output, reader));
                    write(target, mysqlLogin());
                    assertThat(logins.poll(60, TimeUnit.SECONDS))
                            .as(
                                    "what the agent logs in with, in round %d; the client was told %s",
                                    round, reader.pieces)
                            .isGreaterThan(32);
                    target.kill();
                    reading.join();
                }
            }
            server.join();
        }
    }

    private static byte[] ok(int sequence) throws IOException {
        return packet(sequence, new byte[] {0, 0, 0, 2, 0, 0, 0});
    }

    /// The session's settings, as the wire asks for them ("Text Resultset").
    private static byte[] settings() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(packet(1, new byte[] {4}));
        for (int i = 0; i < 4; i++) {
            var column = new ByteArrayOutputStream();
            column.write(new byte[] {0, 0, 0, 0, 0, 0, 12, 45, 0, 0, 1, 0, 0, (byte) 253, 0, 0, 0, 0, 0});
            bytes.write(packet(2 + i, column.toByteArray()));
        }
        bytes.write(packet(6, new byte[] {(byte) 0xfe, 0, 0, 2, 0}));
        bytes.write(packet(7, "\7utf8mb4\7utf8mb4\0\4shop".getBytes(StandardCharsets.US_ASCII)));
        bytes.write(packet(8, new byte[] {(byte) 0xfe, 0, 0, 2, 0}));
        return bytes.toByteArray();
    }

    /// Lets everybody in, tells its settings, and says OK to everything else; returns when its client leaves.
    private static void agree(ServerSocket listening, java.util.Queue<String> asked) {
        try (var socket = listening.accept()) {
            var in = new java.io.DataInputStream(socket.getInputStream());
            socket.getOutputStream().write(greeting());
            while (true) {
                int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
                int sequence = in.readUnsignedByte();
                var text = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
                boolean question = sequence == 0 && text.contains("@@sql_mode");
                if (sequence == 0 && !question) {
                    asked.add(text.substring(1));
                }
                socket.getOutputStream().write(question ? settings() : ok(sequence + 1));
            }
        } catch (IOException e) {
            // it left
        }
    }

    @Test
    void statementsThatAreSentAheadAreJudgedWhenThoseBeforeThemAreAnswered() throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var asked = new java.util.concurrent.LinkedBlockingQueue<String>();
            var server = Thread.ofVirtual().start(() -> agree(listening, asked));
            try (var target = new DatabaseTarget(
                    new Inspection(
                            new MysqlWire(Masking.NONE, new SecureRandom(), MysqlOptions.STRICT),
                            statement -> new Judged(Verdict.ALLOW, new Reading.Unread("not looked at")),
                            Masking.NONE),
                    new Opening(listening.getLocalPort()),
                    new TestingHolding().holding())) {
                var output = target.output();
                var reading = Thread.ofVirtual().start(() -> into(output, new Reader()));
                assertThat(target.write(mysqlLogin())).isTrue();
                var ahead = new ByteArrayOutputStream();
                for (int i = 1; i <= 5; i++) {
                    ahead.write(packet(0, ("\3select " + i).getBytes(StandardCharsets.US_ASCII)));
                }
                assertThat(target.write(ahead.toByteArray())).isTrue();
                // nothing more is sent: the answers alone bring them on
                for (int i = 1; i <= 5; i++) {
                    assertThat(asked.poll(30, TimeUnit.SECONDS)).isEqualTo("select " + i);
                }
                target.kill();
                reading.join();
            }
            server.join();
        }
    }

    private static final int ROUNDS = 200;

    /// Greets everybody at once, and tells how long the answers are; 0 for none.
    private static void greet(ServerSocket listening, java.util.Queue<Integer> answers) {
        for (int round = 0; round < ROUNDS; round++) {
            try (var socket = listening.accept()) {
                socket.getOutputStream().write(greeting());
                answers.add(Math.max(0, socket.getInputStream().read(new byte[1_024])));
            } catch (IOException e) {
                answers.add(0);
            }
        }
    }

    private static void write(DatabaseTarget target, byte[] bytes) {
        try {
            var _ = target.write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void into(Output output, Output.Receiver receiver) {
        try {
            output.into(receiver);
        } catch (IOException | dev.sallyport.core.link.LinkLost e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aServerIsWaitedForWithABoundUntilTheAgentIsLoggedIn() throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Opening(listening.getLocalPort()).connect();
                Socket server = listening.accept()) {
            assertThat(server.isConnected()).isTrue();
            assertThat(socket.patience()).isEqualTo(DatabaseSocket.LOGIN);
            socket.loggedIn();
            assertThat(socket.patience()).isZero();
        }
    }
}
