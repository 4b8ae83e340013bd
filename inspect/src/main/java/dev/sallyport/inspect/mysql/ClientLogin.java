package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.ClientStart;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a client says of itself ("Protocol::HandshakeResponse41", "COM_CHANGE_USER"). Its user and its proof of a
/// password are read over and count for nothing: who it is was decided before it came here.
///
/// @param capabilities what it chose of what it was offered
/// @param charset number of the collation that it wants
/// @param plugin how it proves the password, if it says so
/// @param proof of the password
record ClientLogin(
        int capabilities,
        int charset,
        String user,
        byte[] proof,
        Optional<String> database,
        Optional<String> plugin,
        Map<String, String> attributes) {

    /// Longest packet of a login, in bytes.
    static final int LONGEST = 65_536;

    /// Most attributes that are kept; what comes after them is not.
    static final int MOST_ATTRIBUTES = 64;

    /// Longest name or value of an attribute that is kept, in bytes.
    static final int LONGEST_ATTRIBUTE = 1_024;

    /// Length of a request for TLS, which is a login cut short ("Protocol::SSLRequest"), in bytes.
    private static final int TLS_REQUEST = 32;

    private static final int OLD_COLLATION = 8;

    /// @param offered what it was offered
    static ClientLogin read(Body body, int offered) throws Malformed, Stopped {
        boolean cut = body.left() == TLS_REQUEST;
        int said = body.int16();
        if (!Capabilities.has(said, Capabilities.PROTOCOL_41)) {
            throw new Stopped("a client of MySQL 4.0 or earlier cannot be used here");
        }
        said |= body.int16() << 16;
        if (cut || Capabilities.has(said, Capabilities.SSL)) {
            throw new Stopped("TLS is not needed here, and not offered: your tunnel is encrypted already;"
                    + " set ssl-mode to DISABLED or PREFERRED");
        }
        int capabilities = said & offered;
        body.skip(4);
        int charset = body.int8();
        body.skip(23);
        var user = body.zeroEndedText();
        byte[] proof;
        if (Capabilities.has(said, Capabilities.PLUGIN_AUTH_LENENC)) {
            proof = body.string();
        } else if (Capabilities.has(said, Capabilities.SECURE_CONNECTION)) {
            proof = body.take(body.int8());
        } else {
            proof = body.zeroEnded();
        }
        var database = Capabilities.has(said, Capabilities.CONNECT_WITH_DB) ? named(body) : Optional.<String>empty();
        var plugin = Capabilities.has(said, Capabilities.PLUGIN_AUTH) && body.left() > 0
                ? Optional.of(body.zeroEndedText())
                : Optional.<String>empty();
        var attributes = Capabilities.has(said, Capabilities.CONNECT_ATTRS) && body.left() > 0
                ? attributes(body)
                : Map.<String, String>of();
        return new ClientLogin(capabilities, charset, user, proof, database, plugin, attributes);
    }

    /// Reads a change of user, after its first byte.
    ///
    /// @param before what the session began with
    static ClientLogin change(Body body, ClientLogin before) throws Malformed {
        var user = body.zeroEndedText();
        var proof = body.take(body.int8());
        var database = named(body);
        int charset = before.charset;
        Optional<String> plugin = Optional.empty();
        if (body.left() >= 2) {
            charset = body.int16();
            if (Capabilities.has(before.capabilities, Capabilities.PLUGIN_AUTH) && body.left() > 0) {
                plugin = Optional.of(body.zeroEndedText());
            }
        }
        // attributes may follow: the server was told them when the session began
        return new ClientLogin(before.capabilities, charset, user, proof, database, plugin, before.attributes);
    }

    private static Optional<String> named(Body body) throws Malformed {
        return Optional.of(body.zeroEndedText()).filter(name -> !name.isEmpty());
    }

    private static Map<String, String> attributes(Body body) throws Malformed {
        int length = body.length();
        int end = body.left() - length;
        var attributes = new HashMap<String, String>();
        while (body.left() > end) {
            var name = body.string();
            var value = body.string();
            if (name.length <= LONGEST_ATTRIBUTE
                    && value.length <= LONGEST_ATTRIBUTE
                    && attributes.size() < MOST_ATTRIBUTES) {
                attributes.put(new String(name, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
            }
        }
        if (length == Body.NULL || body.left() != end) {
            throw new Malformed("attributes that go on after their end");
        }
        return attributes;
    }

    boolean can(int capability) {
        return Capabilities.has(capabilities, capability);
    }

    /// A collation that fits into the one byte of a login; `latin1` where it does not.
    int loginCharset() {
        return charset > 0 && charset < 256 ? charset : OLD_COLLATION;
    }

    ClientStart start() {
        return new ClientStart(database, user, attributes);
    }
}
