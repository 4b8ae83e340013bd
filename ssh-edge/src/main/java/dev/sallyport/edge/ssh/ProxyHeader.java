package dev.sallyport.edge.ssh;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// The header that a load balancer puts in front of a connection: PROXY protocol, version 2
/// (haproxy.org, `proxy-protocol.txt`, section 2.2).
sealed interface ProxyHeader {

    /// Not all of it is there yet.
    record Incomplete() implements ProxyHeader {}

    /// It is none, or one that this door does not take.
    record Bad() implements ProxyHeader {}

    /// The load balancer itself speaks (a health check): the connection's own address counts.
    record Local(int length) implements ProxyHeader {}

    /// The client's address.
    ///
    /// @param length bytes of the whole header
    record Client(InetSocketAddress address, int length) implements ProxyHeader {}

    /// Bytes up to and with the length field.
    int HEAD = 16;

    /// Longest header that is taken, in bytes: addresses and a few additional values.
    int LONGEST = 1_024;

    /// How many bytes begin every header.
    int SIGNATURE = 12;

    private static byte[] signature() {
        return new byte[] {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    }

    /// Whether `bytes`, as far as they go, may be the beginning of a header.
    static boolean mayBegin(byte[] bytes) {
        int length = Math.min(bytes.length, SIGNATURE);
        return Arrays.equals(bytes, 0, length, signature(), 0, length);
    }

    /// Reads the header at the beginning of `bytes`.
    static ProxyHeader read(byte[] bytes) {
        if (!mayBegin(bytes)) {
            return new Bad();
        }
        if (bytes.length < HEAD) {
            return new Incomplete();
        }
        int version = (bytes[12] >> 4) & 0xf;
        int command = bytes[12] & 0xf;
        int family = bytes[13] & 0xff;
        int rest = ((bytes[14] & 0xff) << 8) | (bytes[15] & 0xff);
        if (version != 2 || command > 1 || HEAD + rest > LONGEST) {
            return new Bad();
        }
        if (bytes.length < HEAD + rest) {
            return new Incomplete();
        }
        if (command == 0) {
            return new Local(HEAD + rest);
        }
        return switch (family) {
            case 0x11 -> client(bytes, rest, 4);
            case 0x21 -> client(bytes, rest, 16);
            default -> new Bad();
        };
    }

    private static ProxyHeader client(byte[] bytes, int rest, int addressLength) {
        if (rest < 2 * addressLength + 4) {
            return new Bad();
        }
        int at = HEAD + 2 * addressLength;
        int port = ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
        try {
            var address = InetAddress.getByAddress(Arrays.copyOfRange(bytes, HEAD, HEAD + addressLength));
            return new Client(new InetSocketAddress(address, port), HEAD + rest);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes", e);
        }
    }
}
