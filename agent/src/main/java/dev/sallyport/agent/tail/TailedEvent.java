package dev.sallyport.agent.tail;

import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.recording.Event;
import java.nio.ByteBuffer;

/// An event with the number of the message that it came in.
///
/// @param agentNumber of a message of the agent's, or 0
/// @param edgeNumber of a message of the edge's, or 0
record TailedEvent(TailEvent event, long agentNumber, long edgeNumber) {

    private static final int HEAD = 1 + 8 + 8 + 8 + 8;

    /// Most bytes that one takes on disk, before encryption.
    static final int LONGEST = HEAD + Event.LONGEST;

    int size() {
        return HEAD + event.bytes().length;
    }

    boolean storedWith(long agent, long edge) {
        return agentNumber <= agent && edgeNumber <= edge;
    }

    byte[] write() {
        return ByteBuffer.allocate(size())
                .put((byte) event.kind().code())
                .putLong(event.offset())
                .putLong(event.time())
                .putLong(agentNumber)
                .putLong(edgeNumber)
                .put(event.bytes())
                .array();
    }

    /// @throws IllegalArgumentException when it is none
    static TailedEvent read(byte[] bytes) {
        if (bytes.length < HEAD || bytes.length > LONGEST) {
            throw new IllegalArgumentException("not an event of a tail");
        }
        var in = ByteBuffer.wrap(bytes);
        var kind = Event.Kind.of(in.get());
        long offset = in.getLong();
        long time = in.getLong();
        long agent = in.getLong();
        long edge = in.getLong();
        var rest = new byte[in.remaining()];
        in.get(rest);
        return new TailedEvent(new TailEvent(kind, offset, time, rest), agent, edge);
    }
}
