package dev.sallyport.core.recording;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The head of a chunk: in the clear, and authenticated together with the events that follow it.
///
/// Written to the byte in `docs/recording.md`.
///
/// @param number of the chunk, from 0
/// @param firstEvent number of its first event
/// @param count how many events it has
/// @param bytesBefore bytes of all events in the chunks before
/// @param bytes bytes of this chunk's events
/// @param previous hash of the chunk before as stored; [Sha256#NONE] in chunk 0
/// @param state [RecordingState#LIVE] when more chunks follow; else this is the last one, and says how it ended
/// @param head in chunk 0, and only there
/// @param salt random part of the nonce
/// @param plainLength length of the events, neither compressed nor encrypted
/// @param sealedLength length of what follows the head: compressed, encrypted, with its tag
public record ChunkHeader(
        TenantId tenant,
        SessionId session,
        int number,
        long firstEvent,
        int count,
        long bytesBefore,
        int bytes,
        Sha256 previous,
        RecordingState state,
        Optional<RecordingHead> head,
        long salt,
        int plainLength,
        int sealedLength) {

    /// The format that this program writes, and the only one that it reads.
    public static final int VERSION = 2;

    /// Most events in one chunk.
    public static final int MOST_EVENTS = 65_536;

    /// Most bytes of events in one chunk, before compression.
    public static final int LONGEST_PLAIN = 1 << 20;

    /// Most bytes that follow the head: what does not compress grows by a few bytes for every 128 KiB, and
    /// by the tag.
    public static final int LONGEST_SEALED = LONGEST_PLAIN + 1024;

    /// Most bytes of a head.
    public static final int LONGEST = 512;

    /// Most bytes of a chunk as stored.
    public static final int LONGEST_CHUNK = LONGEST + LONGEST_SEALED;

    private static final byte[] MAGIC = "SALLYREC".getBytes(StandardCharsets.US_ASCII);

    public ChunkHeader {
        if (number < 0 || firstEvent < 0 || count < 0 || bytesBefore < 0 || bytes < 0) {
            throw new IllegalArgumentException("a negative number in a chunk's head");
        }
        if (count > MOST_EVENTS || plainLength < 0 || plainLength > LONGEST_PLAIN || bytes > plainLength) {
            throw new IllegalArgumentException("a chunk larger than chunks are");
        }
        if (sealedLength < 0 || sealedLength > LONGEST_SEALED) {
            throw new IllegalArgumentException("a chunk larger than chunks are");
        }
        if (head.isPresent() != (number == 0) || (number == 0) != previous.equals(Sha256.NONE)) {
            throw new IllegalArgumentException("only the first chunk has the recording's head and none before it");
        }
        if (number == 0 && (firstEvent != 0 || bytesBefore != 0)) {
            throw new IllegalArgumentException("the first chunk begins with the first event");
        }
        if (Long.MAX_VALUE - firstEvent < count || Long.MAX_VALUE - bytesBefore < bytes) {
            throw new IllegalArgumentException("a chunk that ends past all numbers");
        }
    }

    /// Whether this is the recording's last chunk.
    public boolean last() {
        return state != RecordingState.LIVE;
    }

    byte[] write() {
        var out = ByteBuffer.allocate(LONGEST);
        out.put(MAGIC).putShort((short) VERSION).put((byte) state.code());
        text(out, tenant.value());
        text(out, session.value());
        out.putInt(number)
                .putLong(firstEvent)
                .putInt(count)
                .putLong(bytesBefore)
                .putInt(bytes);
        out.put(previous.bytes());
        head.ifPresent(facts -> {
            text(out, facts.connection().value());
            out.put((byte) levelCode(facts.level())).putLong(facts.start());
        });
        out.putLong(salt).putInt(plainLength).putInt(sealedLength);
        return Arrays.copyOf(out.array(), out.position());
    }

    /// Reads a head and leaves `in` behind it.
    static ChunkHeader read(ByteBuffer in) throws BadChunk {
        try {
            var magic = new byte[MAGIC.length];
            in.get(magic);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new BadChunk("this is not a chunk of a recording");
            }
            int version = in.getShort();
            if (version != VERSION) {
                throw new BadChunk("the chunk is of format " + (version & 0xffff) + "; this program reads " + VERSION);
            }
            var state = RecordingState.of(in.get());
            var tenant = new TenantId(text(in));
            var session = new SessionId(text(in));
            int number = in.getInt();
            long firstEvent = in.getLong();
            int count = in.getInt();
            long bytesBefore = in.getLong();
            int bytes = in.getInt();
            var previous = new byte[Sha256.LENGTH];
            in.get(previous);
            Optional<RecordingHead> head = number != 0
                    ? Optional.empty()
                    : Optional.of(new RecordingHead(new ConnectionId(text(in)), level(in.get()), in.getLong()));
            return new ChunkHeader(
                    tenant,
                    session,
                    number,
                    firstEvent,
                    count,
                    bytesBefore,
                    bytes,
                    new Sha256(previous),
                    state,
                    head,
                    in.getLong(),
                    in.getInt(),
                    in.getInt());
        } catch (BufferUnderflowException e) {
            throw new BadChunk("the chunk is cut off in its head", e);
        } catch (IllegalArgumentException e) {
            throw new BadChunk("the chunk's head makes no sense: " + e.getMessage(), e);
        }
    }

    private static int levelCode(RecordingLevel level) {
        return switch (level) {
            case FULL -> 1;
            case STATEMENTS -> 2;
            case METADATA -> 3;
        };
    }

    private static RecordingLevel level(int code) {
        return switch (code) {
            case 1 -> RecordingLevel.FULL;
            case 2 -> RecordingLevel.STATEMENTS;
            case 3 -> RecordingLevel.METADATA;
            default -> throw new IllegalArgumentException("unknown recording level");
        };
    }

    private static void text(ByteBuffer out, String ascii) {
        var bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        out.put((byte) bytes.length).put(bytes);
    }

    private static String text(ByteBuffer in) {
        var bytes = new byte[in.get() & 0xff];
        in.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
