package dev.sallyport.agent.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.agent.target.Output;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.HoldEnded;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.review.ReviewTerms;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.postgres.PostgresWire;
import dev.sallyport.inspect.sql.Reading;
import dev.sallyport.inspect.sql.SqlSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What releases a statement that an agent holds, and what does not: promise P6, attack classes 32 and 43.
class HeldStatementTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Queue<String> reached = new ConcurrentLinkedQueue<>();
    private final Queue<Output.Piece> pieces = new ConcurrentLinkedQueue<>();
    private final AtomicReference<String> shown = new AtomicReference<>("");
    private ServerSocket listening;
    private TestingHolding bed = new TestingHolding();
    private DatabaseTarget target;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        start(bed);
    }

    private void start(TestingHolding holding) {
        bed = holding;
        target = new DatabaseTarget(
                new Inspection(
                        new PostgresWire(Masking.NONE, new SecureRandom()), HeldStatementTest::judge, Masking.NONE),
                new ToServer(),
                holding.holding());
    }

    @AfterEach
    void close() throws IOException {
        target.kill();
        listening.close();
    }

    /// Everything that begins so is held.
    private static Judged judge(Asked asked) {
        return new Judged(
                asked.text().orElse("").startsWith("drop")
                        ? new Verdict.Hold("rules/drops", "Ask first.", "drop table")
                        : Verdict.ALLOW,
                new Reading.Read(List.of()));
    }

    private static byte[] message(char type, byte[] body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeByte(type);
        out.writeInt(4 + body.length);
        out.write(body);
        return bytes.toByteArray();
    }

    private static byte[] query(String text) throws IOException {
        return message('Q', (text + "\0").getBytes(StandardCharsets.UTF_8));
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

    /// Lets everybody in, and says to each query that it is done, or that it is none.
    private void serve() {
        try (var socket = listening.accept()) {
            var in = new DataInputStream(socket.getInputStream());
            var out = socket.getOutputStream();
            in.readNBytes(in.readInt() - 4);
            out.write(message('R', new byte[4]));
            out.write(message('Z', new byte[] {'I'}));
            while (true) {
                char type = (char) in.readByte();
                var text = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.UTF_8);
                if (type == 'Q') {
                    var one = text.substring(0, text.length() - 1);
                    reached.add(one);
                    out.write(
                            one.startsWith("refused")
                                    ? message('E', "SERROR\0C42601\0Msyntax\0\0".getBytes(StandardCharsets.UTF_8))
                                    : message('C', "DROP TABLE\0".getBytes(StandardCharsets.UTF_8)));
                    out.write(message('Z', new byte[] {'I'}));
                }
            }
        } catch (IOException left) {
            reached.add("left");
        }
    }

    private final class ToServer implements DatabaseTarget.Opening {
        @Override
        public ServerLogin login(ClientStart start) {
            return new ServerLogin("app", Optional.empty(), Optional.empty(), ServerLogin.Tls.DISABLE, false, "x");
        }

        @Override
        public ServerLogin again() {
            throw new IllegalStateException("nothing is stopped here");
        }

        @Override
        public DatabaseSocket connect() throws DatabaseSocket.Unreachable {
            return DatabaseSocket.open(TestingHolding.database(listening.getLocalPort()));
        }

        @Override
        public ServerTrust trust() {
            throw new IllegalStateException("nothing is secured here");
        }

        @Override
        public void notTaken() {}

        @Override
        public void released() {}

        @Override
        public void stoppable(CancelKey key, DatabaseTarget target) {}

        @Override
        public void cancel(CancelKey key) {}
    }

    private final class Kept implements Output.Receiver {
        @Override
        public void take(Output.Piece piece) {
            pieces.add(piece);
            if (piece instanceof Output.Piece.Bytes(var bytes)) {
                shown(new String(bytes, StandardCharsets.ISO_8859_1));
            }
        }

        @Override
        public void recorded(Output.Piece piece) {
            take(piece);
        }
    }

    private void shown(String more) {
        shown.accumulateAndGet(more, String::concat);
    }

    /// Sends a statement that is held, and returns how it waits.
    private Message.Hold held() throws Exception {
        var _ = Thread.ofVirtual().start(this::serve);
        var _ = Thread.ofVirtual().start(() -> {
            try {
                target.output().into(new Kept());
            } catch (IOException | LinkLost | InterruptedException e) {
                shown(e.toString());
            }
        });
        assertThat(target.write(start())).isTrue();
        assertThat(target.write(query("drop table t"))).isTrue();
        return next(0);
    }

    private Message.Hold next(int before) {
        return await().atMost(LONG)
                .until(
                        () -> pieces.stream()
                                .flatMap(piece -> piece instanceof Output.Piece.Hold(var hold)
                                        ? java.util.stream.Stream.of(hold)
                                        : java.util.stream.Stream.empty())
                                .skip(before)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private void ends(HoldEnded.End end) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(pieces)
                        .anyMatch(piece -> piece instanceof Output.Piece.HoldEnded(var how) && how.end() == end));
    }

    private void decide(Message.Hold hold, Optional<SignedApproval> approval, String sentence) {
        assertThat(target.decided(new Message.Decided(hold.number(), approval, sentence)))
                .isTrue();
    }

    @Test
    void anApprovalReleasesWhatWasHeldByteForByte() throws Exception {
        var hold = held();
        var review = ReviewId.next(bed.clock());
        assertThat(target.seen(new Message.HoldSeen(hold.number(), review, "somebody of leads")))
                .isTrue();
        await().atMost(LONG).until(() -> shown.get().contains(review.value()));
        assertThat(shown.get()).contains("Ask first.", "somebody of leads", "sally reviews approve", "10 minutes");
        assertThat(reached).isEmpty();
        decide(hold, Optional.of(bed.signed(bed.approval(hold, review))), "");
        ends(HoldEnded.End.USED);
        await().atMost(LONG).until(() -> reached.contains("drop table t"));
        await().atMost(LONG).until(() -> shown.get().contains("DROP TABLE"));
        // once: what released it before releases nothing now
        assertThat(target.write(query("drop table t"))).isTrue();
        var again = next(1);
        assertThat(again.challenge()).isNotEqualTo(hold.challenge());
        decide(again, Optional.of(bed.signed(bed.approval(hold, review))), "");
        ends(HoldEnded.End.REFUSED);
        await().atMost(LONG).until(() -> shown.get().contains("another time that it was asked"));
        assertThat(reached).containsOnlyOnce("drop table t");
        // and the session goes on
        assertThat(target.write(query("select 1"))).isTrue();
        await().atMost(LONG).until(() -> reached.contains("select 1"));
    }

    @Test
    void whatAnEdgeForgesReleasesNothing() throws Exception {
        var hold = held();
        var approval = bed.approval(hold, ReviewId.next(bed.clock()));
        decide(hold, Optional.of(SignedApproval.sign(approval, TestingHolding.signer())), "");
        ends(HoldEnded.End.REFUSED);
        await().atMost(LONG).until(() -> shown.get().contains("not signed by the tenant's key"));
        await().atMost(LONG).until(() -> !reached.isEmpty());
        assertThat(reached).doesNotContain("drop table t");
        assertThat(pieces)
                .as("the record tells why")
                .anyMatch(piece -> piece instanceof Output.Piece.Statement(var part, var json)
                        && part == Message.Statement.Part.REFUSED
                        && json.contains("not signed"));
    }

    @Test
    void anApprovalOfAnotherSessionReleasesNothing() throws Exception {
        var hold = held();
        var other = new TestingHolding();
        var approval = other.approval(hold, ReviewId.next(bed.clock()));
        decide(hold, Optional.of(bed.signed(approval)), "");
        await().atMost(LONG).until(() -> shown.get().contains("another session"));
        assertThat(reached).doesNotContain("drop table t");
    }

    /// One approval is one run: what is only prepared runs as often as its client likes, with any values.
    @Test
    void whatIsPreparedIsNotHeldButRefused() {
        var asked =
                new Asked(1, Asked.Kind.PREPARED, Optional.of("drop table t"), new byte[] {'d'}, SqlSettings.POSTGRES);
        assertThatThrownBy(() -> bed.holding().hold(asked, judge(asked), new Verdict.Hold("rules/drops", "Ask.", "")))
                .isInstanceOf(Holding.NotHeld.class)
                .hasMessageContaining("values that nobody has seen");
    }

    @Test
    void aRejectionIsAnErrorInItsPlace() throws Exception {
        var hold = held();
        decide(hold, Optional.empty(), "bob@example.com rejected it: \u001b[31mno");
        ends(HoldEnded.End.REFUSED);
        await().atMost(LONG).until(() -> shown.get().contains("42501"));
        assertThat(shown.get()).contains("bob@example.com rejected it: \\x1b[31mno");
        assertThat(reached).doesNotContain("drop table t");
    }

    @Test
    void theAgentItselfEndsAWait() throws Exception {
        start(new TestingHolding(ReviewTerms.SHORTEST_WAIT));
        var hold = held();
        ends(HoldEnded.End.EXPIRED);
        await().atMost(LONG).until(() -> shown.get().contains("nobody approved it within 1 second"));
        // what comes late counts nothing, and harms nobody
        decide(hold, Optional.of(bed.signed(bed.approval(hold, ReviewId.next(bed.clock())))), "");
        assertThat(target.write(query("select 1"))).isTrue();
        await().atMost(LONG).until(() -> reached.contains("select 1"));
        assertThat(reached).doesNotContain("drop table t");
    }

    @Test
    void whatWasSentBehindItWaitsInOrder() throws Exception {
        var hold = held();
        var sending = Thread.ofVirtual().start(() -> {
            try {
                boolean _ = target.write(query("select 2"));
            } catch (IOException | InterruptedException e) {
                shown(e.toString());
            }
        });
        decide(hold, Optional.of(bed.signed(bed.approval(hold, ReviewId.next(bed.clock())))), "");
        assertThat(sending.join(LONG)).isTrue();
        await().atMost(LONG).until(() -> reached.contains("select 2"));
        assertThat(reached).containsExactly("drop table t", "select 2");
    }

    @Test
    void aClientThatLeavesAndAnotherThatStopsItTakeItBack() throws Exception {
        var hold = held();
        target.stopStatement();
        ends(HoldEnded.End.CANCELLED);
        await().atMost(LONG).until(() -> shown.get().contains("57014"));
        assertThat(target.write(query("drop table u"))).isTrue();
        assertThat(next(1).number()).isGreaterThan(hold.number());
        target.inputOver();
        await().atMost(LONG).until(() -> reached.contains("left"));
        assertThat(reached).noneMatch(text -> text.startsWith("drop"));
    }
}
