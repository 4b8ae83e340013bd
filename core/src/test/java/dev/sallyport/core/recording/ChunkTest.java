package dev.sallyport.core.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkTest {

    private static final TenantId TENANT = TenantId.next(Clock.systemUTC());
    private static final SessionId SESSION = SessionId.next(Clock.systemUTC());
    private static final RecordingHead HEAD =
            new RecordingHead(ConnectionId.next(Clock.systemUTC()), RecordingLevel.FULL, 5);
    private static final Secret KEY = Secret.of(new byte[32]);

    private static ChunkWriter writer() {
        return new ChunkWriter(TENANT, SESSION, HEAD, KEY, RecordingPosition.START);
    }

    private static Event event(long number, Event.Kind kind, long time, String text) {
        return new Event(number, kind, 0, time, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] small() {
        var writer = writer();
        writer.add(event(0, Event.Kind.OUTPUT, 10, "hello"));
        writer.add(event(1, Event.Kind.INPUT, 10, "x"));
        writer.add(event(2, Event.Kind.END_OF_INPUT, 3_000_000_000_000_000L, ""));
        return writer.cut(RecordingState.LIVE);
    }

    @Test
    void whatWasWrittenIsRead() throws BadChunk {
        var chunk = Chunk.parse(small());

        assertThat(chunk.header().tenant()).isEqualTo(TENANT);
        assertThat(chunk.header().session()).isEqualTo(SESSION);
        assertThat(chunk.header().head()).contains(HEAD);
        assertThat(chunk.header().last()).isFalse();
        assertThat(chunk.events(KEY))
                .extracting(Event::number, Event::kind, Event::time, Event::text)
                .containsExactly(
                        tuple(0L, Event.Kind.OUTPUT, 10L, "hello"),
                        tuple(1L, Event.Kind.INPUT, 10L, "x"),
                        tuple(2L, Event.Kind.END_OF_INPUT, 3_000_000_000_000_000L, ""));
    }

    @Test
    void theNextChunkNamesTheOneBefore() throws BadChunk {
        var writer = writer();
        writer.add(event(0, Event.Kind.OUTPUT, 10, "hello"));
        var first = Chunk.parse(writer.cut(RecordingState.LIVE));
        writer.add(event(1, Event.Kind.END, 11, "over"));
        var second = Chunk.parse(writer.cut(RecordingState.COMPLETE));

        assertThat(second.header().previous()).isEqualTo(first.hash());
        assertThat(second.header().firstEvent()).isEqualTo(1);
        assertThat(second.header().bytesBefore()).isEqualTo(5);
        assertThat(second.header().head()).isEmpty();
        assertThat(second.header().state()).isEqualTo(RecordingState.COMPLETE);
        assertThat(second.after()).isEqualTo(new RecordingPosition(2, 2, 9, second.hash()));
    }

    @Test
    void theSameEventsNeverGiveTheSameBytes() {
        assertThat(small()).isNotEqualTo(small());
    }

    @Test
    void whatDoesNotCompressFits() throws BadChunk {
        var writer = writer();
        var random = new Random(1);
        long number = 0;
        while (!writer.full()) {
            var bytes = new byte[Event.LONGEST];
            random.nextBytes(bytes);
            writer.add(new Event(number++, Event.Kind.OUTPUT, 0, 1, bytes));
        }
        assertThat(Chunk.parse(writer.cut(RecordingState.LIVE)).events(KEY)).hasSize((int) number);
    }

    @Test
    void aChunkCutOffAnywhereIsRefused() {
        var chunk = small();
        for (int length = 0; length < chunk.length; length++) {
            var cut = Arrays.copyOf(chunk, length);
            assertThatThrownBy(() -> Chunk.parse(cut)).isInstanceOf(BadChunk.class);
        }
    }

    @Test
    void aChunkWithMoreBehindItIsRefused() {
        var longer = Arrays.copyOf(small(), small().length + 1);
        assertThatThrownBy(() -> Chunk.parse(longer)).isInstanceOf(BadChunk.class);
    }

    @Test
    void everyFlippedBitIsFound() {
        var chunk = small();
        for (int bit = 0; bit < chunk.length * 8; bit++) {
            var changed = chunk.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Chunk.parse(changed).events(KEY))
                    .as("bit " + bit)
                    .isInstanceOf(BadChunk.class);
        }
    }

    @Test
    void garbageIsRefused() {
        var random = new Random(7);
        var start = small();
        for (int i = 0; i < 2000; i++) {
            var garbage = new byte[random.nextInt(400)];
            random.nextBytes(garbage);
            if (i % 2 == 0) {
                System.arraycopy(start, 0, garbage, 0, Math.min(garbage.length, random.nextInt(200)));
            }
            assertThatThrownBy(() -> Chunk.parse(garbage).events(KEY)).isInstanceOf(BadChunk.class);
        }
    }

    @Test
    void anotherKeyOpensNothing() throws BadChunk {
        var chunk = Chunk.parse(small());
        var other = new byte[32];
        other[31] = 1;
        assertThatThrownBy(() -> chunk.events(Secret.of(other)))
                .isInstanceOf(BadChunk.class)
                .hasMessageContaining("key");
    }

    @Test
    void aDecompressionBombIsRefusedByWhoHasTheKey() throws Exception {
        var bomb = Forged.compressed(new byte[64 << 20]);
        assertThatThrownBy(() ->
                        Forged.chunk(TENANT, SESSION, HEAD, KEY, bomb, 1, 100).events(KEY))
                .isInstanceOf(BadChunk.class)
                .hasMessageContaining("more than its head says");
        assertThatThrownBy(() -> Forged.chunk(TENANT, SESSION, HEAD, KEY, bomb, 1, ChunkHeader.LONGEST_PLAIN + 1))
                .isInstanceOf(BadChunk.class);
        assertThatThrownBy(() -> Forged.chunk(TENANT, SESSION, HEAD, KEY, bomb, 50_000, 100)
                        .events(KEY))
                .isInstanceOf(BadChunk.class);
    }

    @Test
    void eventsThatAreNotWhatTheHeadSaysAreRefused() {
        var plain = new byte[] {1, 5, 0, 1, 'x'};
        assertThatThrownBy(() -> Forged.chunk(TENANT, SESSION, HEAD, KEY, Forged.compressed(plain), 2, 5)
                        .events(KEY))
                .isInstanceOf(BadChunk.class);
        assertThatThrownBy(() -> Forged.chunk(
                                TENANT, SESSION, HEAD, KEY, Forged.compressed(new byte[] {99, 5, 0, 0}), 1, 4)
                        .events(KEY))
                .isInstanceOf(BadChunk.class)
                .hasMessageContaining("unknown kind");
        assertThatThrownBy(() -> Forged.chunk(
                                TENANT, SESSION, HEAD, KEY, Forged.compressed(new byte[] {1, 5, 0, 100}), 1, 4)
                        .events(KEY))
                .isInstanceOf(BadChunk.class);
        var endless = new byte[32];
        Arrays.fill(endless, (byte) 0xff);
        endless[0] = 1;
        assertThatThrownBy(() -> Forged.chunk(TENANT, SESSION, HEAD, KEY, Forged.compressed(endless), 1, 32)
                        .events(KEY))
                .isInstanceOf(BadChunk.class);
    }

    @Test
    void aWriterRefusesGapsAndTimesThatGoBackwards() {
        var writer = writer();
        writer.add(event(0, Event.Kind.OUTPUT, 10, "a"));
        assertThatThrownBy(() -> writer.add(event(2, Event.Kind.OUTPUT, 11, "b")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.add(event(1, Event.Kind.OUTPUT, 9, "b")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hiddenInputIsItsLength() {
        assertThat(event(0, Event.Kind.HIDDEN_INPUT, 1, "12").covers()).isEqualTo(12);
        assertThatThrownBy(() -> event(0, Event.Kind.HIDDEN_INPUT, 1, "secret"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> event(0, Event.Kind.HIDDEN_INPUT, 1, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> event(0, Event.Kind.HIDDEN_INPUT, 1, "9999999999999999"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
