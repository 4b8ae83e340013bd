package dev.sallyport.inspect.database;

import dev.sallyport.core.secret.Secret;
import java.util.Optional;

/// How the wire logs in to the server.
///
/// @param database the one to use; empty: the server's default
/// @param password empty: the server must not ask for one
/// @param tls whether to ask the server for TLS, and what to do when it has none
/// @param cleartext whether the password may be sent as it is (only ever over TLS)
/// @param application who the user is, for the server's own lists and logs: `application_name`, connection attributes
public record ServerLogin(
        String user,
        Optional<Secret> password,
        Optional<String> database,
        Tls tls,
        boolean cleartext,
        String application) {

    /// Whether TLS is asked for.
    public enum Tls {
        /// never
        DISABLE,
        /// if the server has it
        PREFER,
        /// or the session ends; what of the certificate is verified is the surroundings' business
        REQUIRE
    }
}
