package dev.sallyport.core.connection;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A database's own protocol; its word is the connection's type.
public enum DatabaseProtocol {
    POSTGRES(5432),
    /// MySQL and MariaDB.
    MYSQL(3306);

    private final int port;

    DatabaseProtocol(int port) {
        this.port = port;
    }

    /// The port that its servers listen at by default.
    public int port() {
        return port;
    }

    /// The connection type, as in `sally` and the API.
    public String type() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The protocol of a connection type, if it is a database.
    public static Optional<DatabaseProtocol> of(String type) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.type().equals(type))
                .findFirst();
    }
}
