package dev.sallyport.edge.recorder;

import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.Event;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingLevel;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// One record of the spool: `length` and `crc` (CRC-32C) of what follows, four bytes each, then the type and
/// the number that the recording has within this spool, then what the type says. Big endian.
sealed interface SpoolRecord {

    /// Bytes before the body: length and checksum.
    int PREFIX = 8;

    /// Most bytes of a record.
    int LONGEST = PREFIX + Appended.HEAD + Event.LONGEST;

    /// Number of the recording within this spool.
    int recording();

    /// A recording was opened. Written again when the segment that has it goes away before the recording is
    /// done.
    record Opened(int recording, TenantId tenant, SessionId session, RecordingHead head, byte[] wrappedDataKey)
            implements SpoolRecord {

        static final byte TYPE = 1;

        /// Longest wrapped data key: KMS needs less than 400 bytes.
        static final int LONGEST_KEY = 4096;

        byte[] write() {
            if (wrappedDataKey.length > LONGEST_KEY) {
                throw new IllegalArgumentException("a wrapped data key has at most " + LONGEST_KEY + " bytes");
            }
            var out = ByteBuffer.allocate(512 + LONGEST_KEY);
            out.position(PREFIX);
            out.put(TYPE).putInt(recording);
            text(out, tenant.value());
            text(out, session.value());
            text(out, head.connection().value());
            text(out, head.level().name());
            out.putLong(head.start()).putShort((short) wrappedDataKey.length).put(wrappedDataKey);
            return sealed(out);
        }

        private static Opened read(ByteBuffer in) {
            int recording = in.getInt();
            var tenant = new TenantId(text(in));
            var session = new SessionId(text(in));
            var head = new RecordingHead(new ConnectionId(text(in)), RecordingLevel.valueOf(text(in)), in.getLong());
            var key = new byte[in.getShort() & 0xffff];
            in.get(key);
            return new Opened(recording, tenant, session, head, key);
        }
    }

    /// An event was appended.
    ///
    /// @param previous where the recording's event before is
    record Appended(int recording, Event event, long agentNumber, long edgeNumber, long previous)
            implements SpoolRecord {

        static final byte TYPE = 2;

        /// Bytes of the body before the event's own.
        static final int HEAD = 1 + 4 + 1 + 5 * 8 + 8;

        private static Appended read(ByteBuffer in) {
            int recording = in.getInt();
            var kind = Event.Kind.of(in.get());
            long number = in.getLong();
            long offset = in.getLong();
            long time = in.getLong();
            long agentNumber = in.getLong();
            long edgeNumber = in.getLong();
            long previous = in.getLong();
            var bytes = new byte[in.remaining()];
            in.get(bytes);
            return new Appended(
                    recording, new Event(number, kind, offset, time, bytes), agentNumber, edgeNumber, previous);
        }
    }

    /// Everything of a recording is stored, and whoever must know does.
    record Closed(int recording) implements SpoolRecord {

        static final byte TYPE = 3;

        byte[] write() {
            var out = ByteBuffer.allocate(PREFIX + 5);
            out.position(PREFIX);
            out.put(TYPE).putInt(recording);
            return sealed(out);
        }
    }

    /// Reads the record that begins at `in`'s position and leaves `in` behind it; empty when what is there is
    /// torn, or no record.
    static Optional<SpoolRecord> read(ByteBuffer in) {
        if (in.remaining() < PREFIX) {
            return Optional.empty();
        }
        int length = in.getInt();
        int crc = in.getInt();
        if (length < 5 || length > in.remaining() || length > LONGEST - PREFIX) {
            return Optional.empty();
        }
        var body = in.slice(in.position(), length);
        in.position(in.position() + length);
        if (crc(body.array(), body.arrayOffset(), length) != crc) {
            return Optional.empty();
        }
        try {
            return switch (body.get()) {
                case Opened.TYPE -> Optional.of(Opened.read(body));
                case Appended.TYPE -> Optional.of(Appended.read(body));
                case Closed.TYPE -> Optional.of(new Closed(body.getInt()));
                default -> Optional.empty();
            };
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The checksum of a body.
    static int crc(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static byte[] sealed(ByteBuffer out) {
        int length = out.position() - PREFIX;
        var record = new byte[out.position()];
        out.flip().get(record);
        ByteBuffer.wrap(record).putInt(length).putInt(crc(record, PREFIX, length));
        return record;
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
