package dev.sallyport.inspect.postgres;

import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.postgres.Body.Malformed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Logs in to the server ("Start-up" of section "Message Flow"; "SASL Authentication").
final class ServerStart {

    private static final int PROTOCOL = 3 << 16;
    private static final int LONGEST_NAME = 63;

    private final ServerLogin login;
    private final Optional<byte[]> endPoint;
    private final boolean secured;
    private final Supplier<String> nonces;
    private Optional<Scram> scram = Optional.empty();
    private boolean continued;
    private boolean proven = true;

    /// @param nonces makes what nobody can guess, printable and without a comma
    ServerStart(ServerLogin login, boolean secured, Optional<byte[]> endPoint, Supplier<String> nonces) {
        this.login = login;
        this.secured = secured;
        this.endPoint = endPoint;
        this.nonces = nonces;
    }

    /// The first message.
    void begin(Map<String, String> settings, Bytes out) {
        int at = out.length();
        out.int32(0).int32(PROTOCOL);
        out.text("user").text(login.user());
        login.database().ifPresent(name -> out.text("database").text(name));
        settings.forEach((name, value) -> {
            if (!name.equals("application_name")) {
                out.text(name).text(value);
            }
        });
        var client = settings.get("application_name");
        var name = client == null || client.isEmpty() ? login.application() : login.application() + " " + client;
        out.text("application_name").text(cut(name));
        out.int8(0);
        out.end(at);
    }

    private static String cut(String name) {
        var plain = name.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
    }

    /// Why the login cannot go on, as a sentence for the user.
    static final class Stopped extends Exception {

        private static final long serialVersionUID = 1;

        Stopped(String sentence) {
            super(sentence, null, false, false);
        }
    }

    /// What an error of the server means before it has let the agent in. Its own words may name the agent's account.
    static Stopped stopped(String code) {
        return new Stopped(
                switch (code) {
                    case "3D000" -> "there is no such database on this server (3D000)";
                    case "28P01", "28000" ->
                        "the database does not let the agent in (" + code
                                + "): have the connection's admin look at its user and password";
                    case "53300" -> "the database has no room for another session (53300): try again later";
                    case "57P03" -> "the database is starting up or shutting down (57P03): try again later";
                    default -> "the database refused the session (" + code + ")";
                });
    }

    /// Answers an authentication message; true when the server is satisfied.
    boolean answer(Body body, Bytes out) throws Malformed, Stopped {
        int kind = body.int32();
        switch (kind) {
            case 0 -> {
                if (!proven) {
                    throw new Stopped("the database did not prove that it knows the password: it may be another");
                }
                return true;
            }
            case 3 -> {
                if (!secured || !login.cleartext()) {
                    throw new Stopped("the database asks for the password in the clear, which this connection does not"
                            + " send: it would need tls verify-ca or verify-full");
                }
                // the password is the message, with its end
                password().reveal(bytes -> message(out, 'p', bytes, true));
            }
            case 5 -> {
                var salt = body.take(4);
                message(out, 'p', md5(salt), true);
            }
            case 10 -> {
                if (scram.isPresent()) {
                    throw new Stopped(disorder());
                }
                begin(body, out);
            }
            case 11 -> {
                // once: each costs as many rounds as the server says
                if (continued) {
                    throw new Stopped(disorder());
                }
                continued = true;
                var running = scram.orElseThrow(() -> new Stopped(disorder()));
                message(out, 'p', ascii(running.last(text(body))), false);
            }
            case 12 -> proven = scram.isPresent() && scram.get().proven(text(body));
            case 7, 8, 9 -> throw new Stopped("the database asks for Kerberos, which the agent does not have");
            default -> throw new Stopped("the database asks for a login that the agent does not know");
        }
        return false;
    }

    private void begin(Body body, Bytes out) throws Malformed, Stopped {
        boolean plain = false;
        boolean bound = false;
        for (var name = body.text(); !name.isEmpty(); name = body.text()) {
            plain |= name.equals(Scram.PLAIN);
            bound |= name.equals(Scram.BOUND);
        }
        if (!plain && !bound) {
            throw new Stopped("the database asks for a login that the agent does not know");
        }
        if (bound && !secured) {
            throw new Stopped("the database offers what only TLS can have: somebody may be in between");
        }
        var begun = new Scram(password(), nonces.get(), secured ? endPoint : Optional.empty(), bound);
        scram = Optional.of(begun);
        proven = false;
        var first = ascii(begun.first());
        int at = out.begin('p');
        out.text(begun.mechanism()).int32(first.length).add(first);
        out.end(at);
    }

    private Secret password() throws Stopped {
        return login.password()
                .orElseThrow(() -> new Stopped("the database asks for a password, and the connection has none"));
    }

    /// `md5` of the password with the user, and that with the salt.
    private byte[] md5(byte[] salt) throws Stopped {
        var user = login.user().getBytes(StandardCharsets.UTF_8);
        try {
            var digest = MessageDigest.getInstance("MD5");
            var inner = password().reveal(bytes -> {
                digest.update(bytes);
                return digest.digest(user);
            });
            digest.update(HexFormat.of().formatHex(inner).getBytes(StandardCharsets.US_ASCII));
            return ascii("md5" + HexFormat.of().formatHex(digest.digest(salt)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5", e);
        }
    }

    private static Bytes message(Bytes out, char type, byte[] body, boolean zeroEnded) {
        int at = out.begin(type);
        out.add(body);
        if (zeroEnded) {
            out.int8(0);
        }
        out.end(at);
        return out;
    }

    private static String text(Body body) throws Malformed {
        return new String(body.take(body.left()), StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String disorder() {
        return "the database's login was out of order";
    }
}
