package dev.sallyport.inspect.mysql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// How a server begins ("Protocol::HandshakeV10").
///
/// @param nonce 20 bytes that proofs of the password are made with
/// @param plugin how the server expects the client to prove it, if it says so
record Greeting(String version, int thread, byte[] nonce, int capabilities, int charset, int status, String plugin) {

    static final int NONCE = 20;

    /// Longest version that is taken, in characters.
    private static final int LONGEST_VERSION = 256;

    /// Reads a server's.
    static Greeting read(Body body) throws Malformed {
        if (body.int8() != 10) {
            throw new Malformed("another protocol than version 10");
        }
        var version = body.zeroEndedText();
        if (version.length() > LONGEST_VERSION) {
            throw new Malformed("a version of many words");
        }
        int thread = body.int32();
        var first = body.take(8);
        body.skip(1);
        int capabilities = body.int16();
        int charset = body.int8();
        int status = body.int16();
        capabilities |= body.int16() << 16;
        int nonceLength = body.int8();
        body.skip(10);
        // at least 13 bytes, the last of which is a zero
        var second = body.take(Math.max(13, nonceLength - 8));
        var nonce = Arrays.copyOf(first, NONCE);
        System.arraycopy(second, 0, nonce, 8, NONCE - 8);
        var plugin = "";
        if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH)) {
            plugin = new String(body.rest(), StandardCharsets.UTF_8);
            int zero = plugin.indexOf('\0');
            plugin = zero < 0 ? plugin : plugin.substring(0, zero);
        }
        return new Greeting(version, thread, nonce, capabilities, charset, status, plugin);
    }

    void write(Outgoing out) {
        int packet = out.begin();
        out.bytes()
                .int8(10)
                .zeroEnded(version)
                .int32(thread)
                .add(nonce, 0, 8)
                .int8(0)
                .int16(capabilities)
                .int8(charset)
                .int16(status)
                .int16(capabilities >> 16)
                .int8(NONCE + 1)
                .zeros(10)
                .add(nonce, 8, NONCE)
                .int8(0)
                .zeroEnded(plugin);
        out.end(packet);
    }
}
