package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;

/// Writes the chunks of one recording, each bound to the one before. Not for several threads at once.
public final class ChunkWriter {

    /// A chunk is cut when its events have this many bytes (`recording.chunk`).
    public static final int CHUNK = 256 * 1024;

    /// Kind, time, offset and length of an event take at most this much.
    private static final int LONGEST_EVENT_HEAD = 1 + 9 + 9 + 3;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final TenantId tenant;
    private final SessionId session;
    private final RecordingHead head;
    private final Secret key;

    private RecordingPosition position;
    private byte[] plain = new byte[512];
    private int length;
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

    /// Makes room for events of so many bytes: what is added need not be moved then.
    public void expect(int bytes) {
        int needed = Math.min(length + bytes, ChunkHeader.LONGEST_PLAIN);
        if (needed > plain.length) {
            plain = Arrays.copyOf(plain, needed);
        }
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
                || length + LONGEST_EVENT_HEAD + event.bytes().length > ChunkHeader.LONGEST_PLAIN) {
            throw new IllegalArgumentException("the chunk is full");
        }
        int needed = length + LONGEST_EVENT_HEAD + event.bytes().length;
        if (needed > plain.length) {
            plain = Arrays.copyOf(plain, Math.max(needed, 2 * plain.length));
        }
        plain[length++] = (byte) event.kind().code();
        varint(event.time() - time);
        varint(event.offset());
        varint(event.bytes().length);
        System.arraycopy(event.bytes(), 0, plain, length, event.bytes().length);
        length += event.bytes().length;
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
        return length >= CHUNK || count >= ChunkHeader.MOST_EVENTS;
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
        return cut(state, false);
    }

    /// As [#cut(RecordingState)].
    ///
    /// @param hurried compresses quicker rather than better
    public byte[] cut(RecordingState state, boolean hurried) {
        var compressed = (hurried ? Compression.QUICK : Compression.GOOD).compress(plain, length);
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
                length,
                compressed.length() + Chunk.TAG);
        var stored = seal(header, compressed);
        position = new Chunk(header, stored).after();
        length = 0;
        count = 0;
        bytes = 0;
        time = 0;
        return stored;
    }

    private byte[] seal(ChunkHeader header, Compression.Compressed compressed) {
        try {
            var cipher = Chunk.cipher(Cipher.ENCRYPT_MODE, key, header);
            var clear = header.write();
            var stored = new byte[clear.length + compressed.length() + Chunk.TAG];
            System.arraycopy(clear, 0, stored, 0, clear.length);
            cipher.updateAAD(clear);
            cipher.doFinal(compressed.array(), 0, compressed.length(), stored, clear.length);
            return stored;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not encrypt a chunk", e);
        }
    }

    private void varint(long value) {
        long rest = value;
        while (rest > 0x7f) {
            plain[length++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        plain[length++] = (byte) rest;
    }
}
