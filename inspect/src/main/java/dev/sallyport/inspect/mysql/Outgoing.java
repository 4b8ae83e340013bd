package dev.sallyport.inspect.mysql;

/// Packets on their way to one side: built here, or passed as they came, without a copy where nothing is in
/// between. Keeps count of the sequence ids of the conversation with this side, which both ends count on together.
final class Outgoing {

    /// Sends what is there; the array is the sender's only until it returns.
    interface Send {
        void send(byte[] bytes, int from, int to);
    }

    private static final byte[] NOTHING = new byte[0];

    private final Bytes built = new Bytes();

    /// What passes as it came, after all that is built; it lies in an array of the caller's until [#flush].
    private byte[] passed = NOTHING;

    private int passedFrom;
    private int passedTo;
    private int sequence;

    int sequence() {
        return sequence;
    }

    /// The next packet of the conversation has this sequence id.
    void sequence(int next) {
        sequence = next & 0xff;
    }

    /// Takes note of a packet of the other end's.
    void heard(int id) throws Malformed {
        if (id != sequence) {
            throw new Malformed("packets out of order");
        }
        sequence = (sequence + 1) & 0xff;
    }

    /// Begins a packet: what [#bytes] is given until [#end] is its payload.
    int begin() {
        return bytes().begin();
    }

    Bytes bytes() {
        if (passedTo > passedFrom) {
            built.add(passed, passedFrom, passedTo);
            forget();
        }
        return built;
    }

    void end(int packet) {
        sequence = built.end(packet, sequence);
    }

    /// Passes a packet, with its head.
    void packet(byte[] bytes, int from, int to) {
        head(bytes, from);
        rest(bytes, from + Packet.HEAD, to);
    }

    /// Passes a packet's head; its payload follows by [#rest].
    void head(byte[] bytes, int at) {
        if (Packet.sequence(bytes, at) == sequence) {
            rest(bytes, at, at + Packet.HEAD);
        } else {
            bytes().add(bytes, at, at + 3).int8(sequence);
        }
        sequence = (sequence + 1) & 0xff;
    }

    void rest(byte[] bytes, int from, int to) {
        if (from == to) {
            return;
        }
        if (passed == bytes && passedTo == from) {
            passedTo = to;
            return;
        }
        var _ = bytes();
        passed = bytes;
        passedFrom = from;
        passedTo = to;
    }

    void flush(Send to) {
        if (!built.isEmpty()) {
            to.send(built.array(), 0, built.length());
            built.clear();
        }
        if (passedTo > passedFrom) {
            to.send(passed, passedFrom, passedTo);
            forget();
        }
    }

    private void forget() {
        passed = NOTHING;
        passedFrom = 0;
        passedTo = 0;
    }
}
