package dev.sallyport.inspect.mysql;

import java.nio.charset.StandardCharsets;

/// How far a client is with proving its password. Any proof is accepted and none is looked at, but clients must be
/// led through the steps that they expect ("Authentication Phase"). None is ever asked for a password in the clear.
///
/// The greeting asks for [#NATIVE], which every client but MySQL's own since version 9 knows; those say [#SHA2] and
/// are asked again for that.
enum ClientProof {
    /// It has proven enough.
    DONE,
    /// It awaits the short message that its proof was known already, and then OK.
    FAST,
    /// It is asked again, for a proof by [#NATIVE].
    ASKED_NATIVE,
    /// It is asked again, for a proof by [#SHA2].
    ASKED_SHA2;

    static final String NATIVE = "mysql_native_password";
    static final String SHA2 = "caching_sha2_password";

    /// After the client's login, or its change of user.
    static ClientProof of(ClientLogin login) {
        return login.plugin()
                .map(plugin -> switch (plugin) {
                    case NATIVE -> DONE;
                    case SHA2 -> ASKED_SHA2;
                    default -> ASKED_NATIVE;
                })
                .orElse(DONE);
    }

    /// After the client's answer to what it was asked again.
    ClientProof answered(byte[] proof) {
        return switch (this) {
            case ASKED_NATIVE -> DONE;
            // an empty password is one zero, and needs no further word
            case ASKED_SHA2 -> proof.length == 0 || (proof.length == 1 && proof[0] == 0) ? DONE : FAST;
            case DONE, FAST -> throw new IllegalStateException("nothing was asked");
        };
    }

    boolean asks() {
        return this == ASKED_NATIVE || this == ASKED_SHA2;
    }

    /// Asks the client ("Protocol::AuthSwitchRequest"), or says that its proof was known
    /// ("Protocol::AuthMoreData").
    void write(Outgoing out, byte[] nonce) {
        switch (this) {
            case DONE -> {
                // OK follows by itself
            }
            case FAST -> {
                int packet = out.begin();
                out.bytes().int8(1).int8(ServerStart.FAST_DONE);
                out.end(packet);
            }
            case ASKED_NATIVE, ASKED_SHA2 -> {
                int packet = out.begin();
                out.bytes()
                        .int8(0xfe)
                        .add((this == ASKED_NATIVE ? NATIVE : SHA2).getBytes(StandardCharsets.US_ASCII))
                        .int8(0)
                        .add(nonce)
                        .int8(0);
                out.end(packet);
            }
        }
    }
}
