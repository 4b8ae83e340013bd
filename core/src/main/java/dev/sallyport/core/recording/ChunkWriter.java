package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.Deflater;
import javax.crypto.Cipher;

/// Writes the chunks of one recording, each bound to the one before. Not for several threads at once.
public final class ChunkWriter {

    /// A chunk is cut when its events have this many bytes (`recording.chunk`).
    public static final int CHUNK = 256 * 1024;

    /// Kind, time, offset and length of an event take at most this much.
    private static final int LONGEST_EVENT_HEAD = 1 + 9 + 9 + 3;

    /// Bytes from the middle of a chunk by which it is judged whether compression pays.
    private static final int SAMPLE = 8192;

    /// It pays when the sample shrinks to this part of itself.
    private static final double WORTH = 0.7;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final TenantId tenant;
    private final SessionId session;
    private final RecordingHead head;
    private final Secret key;

    private RecordingPosition position;
    private ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private int count;
    private int bytes;
    private long time;

    /// @param from where the recording stands: its next chunk continues there
    public ChunkWriter(TenantId tenant, SessionId session, RecordingHead head, Secret key, RecordingPosition from) {
        this.tenant = tenant;
        this.session = session;
        this.head = head;
        this.key = key;
        this.position = from;
    }

    /// Adds the next event to the chunk that is being written.
    ///
    /// @throws IllegalArgumentException when it is not the next one, its time is before that of the event
    ///     before, or the chunk is full: [#full] says so early enough
    public void add(Event event) {
        if (event.number() != next()) {
            throw new IllegalArgumentException("event " + event.number() + " where " + next() + " is due");
        }
        if (event.time() < time) {
            throw new IllegalArgumentException("time goes backwards in a recording");
        }
        if (count == ChunkHeader.MOST_EVENTS
                || plain.size() + LONGEST_EVENT_HEAD + event.bytes().length > ChunkHeader.LONGEST_PLAIN) {
            throw new IllegalArgumentException("the chunk is full");
        }
        plain.write(event.kind().code());
        varint(event.time() - time);
        varint(event.offset());
        varint(event.bytes().length);
        plain.writeBytes(event.bytes());
        time = event.time();
        bytes += event.bytes().length;
        count++;
    }

    /// The number that the next event has.
    public long next() {
        return position.events() + count;
    }

    /// Whether it is time to [#cut].
    public boolean full() {
        return plain.size() >= CHUNK || count >= ChunkHeader.MOST_EVENTS;
    }

    /// Whether no event was added since the last cut.
    public boolean isEmpty() {
        return count == 0;
    }

    /// Where the recording stands after the chunks that were cut.
    public RecordingPosition position() {
        return position;
    }

    /// The chunk with the events added since the last cut, ready to be stored.
    ///
    /// Two cuts are never the same bytes: who stores a chunk keeps it until it is stored.
    ///
    /// @param state [RecordingState#LIVE] when more follow
    public byte[] cut(RecordingState state) {
        var compressed = deflated();
        var header = new ChunkHeader(
                tenant,
                session,
                position.chunks(),
                position.events(),
                count,
                position.bytes(),
                bytes,
                position.hash(),
                state,
                position.chunks() == 0 ? Optional.of(head) : Optional.empty(),
                RANDOM.nextLong(),
                plain.size(),
                compressed.length + Chunk.TAG);
        var stored = seal(header, compressed);
        position = new Chunk(header, stored).after();
        plain = new ByteArrayOutputStream();
        count = 0;
        bytes = 0;
        time = 0;
        return stored;
    }

    /// Compresses where it pays: what does not compress would cost a hundred times the processor time of the
    /// rest.
    private byte[] deflated() {
        var bytes = plain.toByteArray();
        int sample = Math.min(SAMPLE, bytes.length);
        int from = (bytes.length - sample) / 2;
        boolean pays = deflated(bytes, from, sample, Deflater.BEST_SPEED).length <= sample * WORTH;
        return deflated(bytes, 0, bytes.length, pays ? Deflater.BEST_SPEED : Deflater.NO_COMPRESSION);
    }

    private static byte[] deflated(byte[] bytes, int from, int length, int level) {
        try (var deflater = new Deflater(level)) {
            deflater.setInput(bytes, from, length);
            deflater.finish();
            var out = new ByteArrayOutputStream(length / 2 + 64);
            var buffer = new byte[16_384];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    private byte[] seal(ChunkHeader header, byte[] compressed) {
        try {
            var cipher = Chunk.cipher(Cipher.ENCRYPT_MODE, key, header);
            var clear = header.write();
            var stored = new byte[clear.length + compressed.length + Chunk.TAG];
            System.arraycopy(clear, 0, stored, 0, clear.length);
            cipher.updateAAD(clear);
            cipher.doFinal(compressed, 0, compressed.length, stored, clear.length);
            return stored;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not encrypt a chunk", e);
        }
    }

    private void varint(long value) {
        long rest = value;
        while (rest > 0x7f) {
            plain.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        plain.write((int) rest);
    }
}
