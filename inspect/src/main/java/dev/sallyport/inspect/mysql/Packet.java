package dev.sallyport.inspect.mysql;

/// The head of a packet: three bytes of length, one of sequence ("MySQL Packets"). A payload of [#LONGEST] bytes
/// goes on in the next packet; the last of such a chain is shorter, and may be empty.
final class Packet {

    /// Length of a head, in bytes.
    static final int HEAD = 4;

    /// Longest payload of one packet, in bytes.
    static final int LONGEST = 0xff_ffff;

    private Packet() {}

    static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }

    static int sequence(byte[] bytes, int at) {
        return bytes[at + 3] & 0xff;
    }

    /// First byte of the payload, which tells most packets apart; -1 when there is none.
    static int first(byte[] bytes, int at) {
        return length(bytes, at) == 0 ? -1 : bytes[at + HEAD] & 0xff;
    }
}
