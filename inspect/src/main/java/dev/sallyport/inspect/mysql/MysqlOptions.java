package dev.sallyport.inspect.mysql;

import java.util.Optional;

/// What a connection decides about its sessions.
///
/// @param serverVersion what clients are told, from which they tell what a server can do: best that of the server,
///     as [MysqlWire#versionOf] reads it; empty: [#VERSION]
/// @param localFiles whether `LOAD DATA LOCAL` may read files of the client's
/// @param serverKeys whether, without TLS, a password may be encrypted to a key that the server sends: whoever is
///     between can send one of its own
public record MysqlOptions(Optional<String> serverVersion, boolean localFiles, boolean serverKeys) {

    /// What clients are told when the server's version is not known: right for MySQL 8 and for MariaDB from 11.1
    /// on. MySQL's own driver does not get along with an older MariaDB that says so.
    public static final String VERSION = "8.0.36-sallyport";

    /// Neither files nor keys.
    public static final MysqlOptions STRICT = new MysqlOptions(Optional.empty(), false, false);
}
