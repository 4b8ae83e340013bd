package dev.sallyport.inspect.mysql;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.ServerLogin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Logs in to a server ("Connection Phase").
///
/// A password goes as a proof made with the server's nonce, and as it is only over TLS. Without TLS
/// `caching_sha2_password` may want it encrypted to a key that the server sends: whoever is between could send its
/// own, so that is refused unless the options allow it.
final class ServerStart {

    /// The server knew the proof: OK follows ("Caching_sha2_password information").
    static final int FAST_DONE = 3;

    /// The server needs the password itself.
    private static final int FULL = 4;

    private static final int WANT_KEY = 2;
    private static final String CLEAR = "mysql_clear_password";
    private static final String ED25519 = "client_ed25519";

    /// Longest nonce that is taken, in bytes.
    private static final int LONGEST_NONCE = 256;

    private final ServerLogin login;
    private final ClientLogin client;
    private final boolean serverKeys;

    private int capabilities;
    private boolean secured;
    private boolean wantsKey;
    private String plugin = "";
    private byte[] nonce = new byte[0];

    /// @param serverKeys whether a password may be encrypted to a key that the server sends
    ServerStart(ServerLogin login, ClientLogin client, boolean serverKeys) {
        this.login = login;
        this.client = client;
        this.serverKeys = serverKeys;
    }

    /// What the server was asked for.
    int capabilities() {
        return capabilities;
    }

    /// Takes the server's greeting, and answers with a login or with the request for TLS.
    ///
    /// @return whether TLS begins now; when it has, [#secured] is called
    boolean greeted(Greeting greeting, Outgoing out) throws Stopped, Malformed {
        if (!Capabilities.has(greeting.capabilities(), Capabilities.PROTOCOL_41)
                || !Capabilities.has(greeting.capabilities(), Capabilities.SECURE_CONNECTION)) {
            throw new Stopped("the database is too old to log in to");
        }
        nonce = greeting.nonce();
        plugin = greeting.plugin().isEmpty() ? ClientProof.NATIVE : greeting.plugin();
        capabilities = Capabilities.chosen(client.capabilities(), greeting.capabilities());
        if (login.database().isPresent()) {
            capabilities |= Capabilities.CONNECT_WITH_DB & greeting.capabilities();
        }
        boolean has = Capabilities.has(greeting.capabilities(), Capabilities.SSL);
        boolean wants = switch (login.tls()) {
            case DISABLE -> false;
            case PREFER -> has;
            case REQUIRE -> true;
        };
        if (wants && !has) {
            throw new Stopped("the database has no TLS, which this connection requires");
        }
        if (!wants) {
            logIn(out);
            return false;
        }
        capabilities |= Capabilities.SSL;
        int packet = out.begin();
        head(out);
        out.end(packet);
        return true;
    }

    void secured(Outgoing out) throws Stopped, Malformed {
        secured = true;
        logIn(out);
    }

    private void head(Outgoing out) {
        out.bytes()
                .int32(capabilities)
                .int32(1 << 30)
                .int8(client.loginCharset())
                .zeros(23);
    }

    /// "Protocol::HandshakeResponse41".
    private void logIn(Outgoing out) throws Stopped, Malformed {
        // to a way that we do not have we say one that we have, and are asked again
        if (!knows(plugin)) {
            plugin = ClientProof.NATIVE;
        }
        var proof = plugin.equals(CLEAR) || plugin.equals(ED25519) ? new byte[0] : proof();
        int packet = out.begin();
        head(out);
        var bytes = out.bytes().zeroEnded(login.user());
        if (has(Capabilities.PLUGIN_AUTH_LENENC)) {
            bytes.string(proof);
        } else {
            bytes.int8(proof.length).add(proof);
        }
        if (has(Capabilities.CONNECT_WITH_DB)) {
            bytes.zeroEnded(login.database().orElse(""));
        }
        if (has(Capabilities.PLUGIN_AUTH)) {
            bytes.zeroEnded(plugin);
        }
        if (has(Capabilities.CONNECT_ATTRS)) {
            bytes.string(attributes());
        }
        out.end(packet);
    }

    private static boolean knows(String plugin) {
        return plugin.equals(ClientProof.NATIVE) || plugin.equals(ClientProof.SHA2);
    }

    /// Who the user is, for the server's own lists (`performance_schema.session_connect_attrs`).
    private byte[] attributes() {
        var program = client.attributes().getOrDefault("program_name", "");
        return new Bytes()
                .string("_client_name")
                .string("sallyport")
                .string("program_name")
                .string((login.application() + " " + program).strip())
                .copy();
    }

    /// Takes an answer of the server's to the login.
    ///
    /// @return the OK, when we are in
    Optional<Ok> answer(Body body, Outgoing out) throws Malformed, Stopped {
        int first = body.int8();
        switch (first) {
            case 0x00 -> {
                return Optional.of(Ok.read(body, has(Capabilities.SESSION_TRACK)));
            }
            case 0xff -> throw refused(body.int16());
            case 0xfe -> {
                if (body.left() == 0) {
                    throw new Stopped("the database wants a password in the form of MySQL 4.0, which is not safe");
                }
                plugin = body.zeroEndedText();
                var data = body.rest();
                if (data.length > LONGEST_NONCE) {
                    throw new Malformed("a nonce that is too long");
                }
                boolean zero = data.length > 0 && data.length != 32 && data[data.length - 1] == 0;
                nonce = zero ? Arrays.copyOf(data, data.length - 1) : data;
                wantsKey = false;
                send(proof(), out);
            }
            case 0x01 -> more(body, out);
            default -> throw new Malformed("an answer that does not belong to a login");
        }
        return Optional.empty();
    }

    /// "Caching_sha2_password information": what follows on the proof.
    private void more(Body body, Outgoing out) throws Malformed, Stopped {
        if (!plugin.equals(ClientProof.SHA2)) {
            throw new Malformed("an answer that does not belong to the way of the login");
        }
        if (wantsKey) {
            wantsKey = false;
            var pem = new String(body.rest(), StandardCharsets.ISO_8859_1);
            var given = nonce;
            send(
                    password(bytes -> Scrambles.encrypted(bytes, given, pem))
                            .orElseThrow(() -> new Malformed("a key that is none")),
                    out);
            return;
        }
        switch (body.int8()) {
            case FAST_DONE -> {
                // OK follows
            }
            case FULL -> {
                if (secured) {
                    send(password(bytes -> Arrays.copyOf(bytes, bytes.length + 1)), out);
                } else if (serverKeys) {
                    wantsKey = true;
                    send(new byte[] {WANT_KEY}, out);
                } else {
                    throw new Stopped("the database wants the password itself, which is not sent without TLS:"
                            + " turn TLS on for this connection");
                }
            }
            default -> throw new Malformed("an answer that does not belong to a login");
        }
    }

    private byte[] proof() throws Stopped, Malformed {
        var given = nonce;
        return switch (plugin) {
            case ClientProof.NATIVE -> {
                needNonce(Greeting.NONCE);
                yield password(bytes -> Scrambles.ofNative(bytes, given));
            }
            case ClientProof.SHA2 -> {
                needNonce(Greeting.NONCE);
                yield password(bytes -> Scrambles.ofSha2(bytes, given));
            }
            case ED25519 -> {
                needNonce(32);
                yield password(bytes -> Ed25519.sign(bytes, given));
            }
            case CLEAR -> {
                if (!login.cleartext() || !secured) {
                    throw new Stopped(
                            "the database wants the password in the clear, which this connection does not" + " allow");
                }
                yield password(bytes -> Arrays.copyOf(bytes, bytes.length + 1));
            }
            default ->
                throw new Stopped("the database wants a login in a way that is not known here; known are "
                        + ClientProof.NATIVE + ", " + ClientProof.SHA2 + " and MariaDB's ed25519");
        };
    }

    private void needNonce(int length) throws Malformed {
        if (nonce.length != length) {
            throw new Malformed("a nonce of " + nonce.length + " bytes");
        }
    }

    private <T> T password(java.util.function.Function<byte[], T> use) {
        return login.password().orElseGet(() -> Secret.of("")).reveal(use);
    }

    private boolean has(int capability) {
        return Capabilities.has(capabilities, capability);
    }

    private static void send(byte[] payload, Outgoing out) {
        int packet = out.begin();
        out.bytes().add(payload);
        out.end(packet);
    }

    /// What a server means that does not let us in, in words that tell nothing of what it said.
    static Stopped refused(int code) {
        return new Stopped(
                switch (code) {
                    case 1040, 1203, 1226 -> "the database has too many connections (error " + code + ")";
                    case 1044 -> "the database does not let the connection's user use that database (error 1044)";
                    case 1045, 1698, 1862 ->
                        "the database does not accept the connection's user or password (error " + code + ")";
                    case 1049 -> "the database server has no database of that name (error 1049)";
                    case 1129, 1130 -> "the database does not let the agent's machine connect (error " + code + ")";
                    case 3159 -> "the database requires TLS (error 3159)";
                    default -> "the database refused the login (error " + code + ")";
                });
    }
}
