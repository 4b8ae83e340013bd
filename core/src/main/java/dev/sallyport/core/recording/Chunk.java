package dev.sallyport.core.recording;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.secret.Secret;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Some consecutive events of one recording, as stored: a head in the clear, and the events, compressed and
/// then encrypted with the recording's data key.
///
/// The hash chain goes over the stored bytes, so that it is verified without the key. Decoding is bounded: no
/// chunk makes the reader take more memory than [ChunkHeader#LONGEST_PLAIN] says, whatever it claims.
///
/// @param stored the whole chunk, not to be changed
public record Chunk(ChunkHeader header, byte[] stored) {

    static final int TAG = 16;
    private static final int NONCE = 12;
    private static final int FIXED_PER_EVENT = 1;

    /// Takes a stored chunk apart, without opening it.
    ///
    /// @throws BadChunk when it is none: nothing is missing or left over
    public static Chunk parse(byte[] stored) throws BadChunk {
        if (stored.length > ChunkHeader.LONGEST_CHUNK) {
            throw new BadChunk("the chunk is longer than " + ChunkHeader.LONGEST_CHUNK + " bytes");
        }
        var in = ByteBuffer.wrap(stored);
        var header = ChunkHeader.read(in);
        if (in.remaining() != header.sealedLength()) {
            throw new BadChunk("the chunk is cut off, or has more than belongs to it");
        }
        return new Chunk(header, stored);
    }

    /// The hash of the chunk as stored; the next chunk names it.
    public Sha256 hash() {
        return Sha256.of(stored);
    }

    /// Where the recording stands after this chunk.
    public RecordingPosition after() {
        return new RecordingPosition(
                header.number() + 1,
                header.firstEvent() + header.count(),
                header.bytesBefore() + header.bytes(),
                hash());
    }

    /// Opens the chunk.
    ///
    /// @throws BadChunk when `key` is not its key, or a bit of it was changed
    public List<Event> events(Secret key) throws BadChunk {
        return decode(Compression.decompress(decrypt(key), header.plainLength()));
    }

    private byte[] decrypt(Secret key) throws BadChunk {
        int headLength = stored.length - header.sealedLength();
        try {
            var cipher = cipher(Cipher.DECRYPT_MODE, key, header);
            cipher.updateAAD(stored, 0, headLength);
            return cipher.doFinal(stored, headLength, header.sealedLength());
        } catch (GeneralSecurityException e) {
            throw new BadChunk("the chunk does not open with this key: it was changed, or the key is another's", e);
        }
    }

    static Cipher cipher(int mode, Secret key, ChunkHeader header) throws GeneralSecurityException {
        var nonce = ByteBuffer.allocate(NONCE).putInt(header.number()).putLong(header.salt());
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        var keySpec = key.reveal(bytes -> new SecretKeySpec(bytes, "AES"));
        cipher.init(mode, keySpec, new GCMParameterSpec(TAG * 8, nonce.array()));
        return cipher;
    }

    private List<Event> decode(byte[] plain) throws BadChunk {
        if ((long) header.count() * FIXED_PER_EVENT > plain.length) {
            throw new BadChunk("the chunk has more events than bytes");
        }
        var events = new ArrayList<Event>(header.count());
        var in = ByteBuffer.wrap(plain);
        long time = 0;
        int total = 0;
        try {
            for (int i = 0; i < header.count(); i++) {
                var kind = Event.Kind.of(in.get());
                time = Math.addExact(time, varint(in));
                long offset = varint(in);
                long length = varint(in);
                if (length > Event.LONGEST || length > in.remaining()) {
                    throw new BadChunk("an event in the chunk is longer than events are");
                }
                var bytes = new byte[(int) length];
                in.get(bytes);
                total += bytes.length;
                events.add(new Event(header.firstEvent() + i, kind, offset, time, bytes));
            }
        } catch (BufferUnderflowException e) {
            throw new BadChunk("the chunk's events are cut off", e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new BadChunk("the chunk's events make no sense: " + e.getMessage(), e);
        }
        if (in.hasRemaining() || total != header.bytes()) {
            throw new BadChunk("the chunk's events are not what its head says");
        }
        return events;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that is too long");
    }
}
