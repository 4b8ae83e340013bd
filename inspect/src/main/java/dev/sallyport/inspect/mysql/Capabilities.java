package dev.sallyport.inspect.mysql;

/// What client and server can do and want ("Capabilities Flags"), as bits.
final class Capabilities {

    static final int LONG_PASSWORD = 1;
    static final int FOUND_ROWS = 1 << 1;
    static final int LONG_FLAG = 1 << 2;
    static final int CONNECT_WITH_DB = 1 << 3;
    static final int LOCAL_FILES = 1 << 7;
    static final int IGNORE_SPACE = 1 << 8;
    static final int PROTOCOL_41 = 1 << 9;
    static final int INTERACTIVE = 1 << 10;
    static final int SSL = 1 << 11;
    static final int TRANSACTIONS = 1 << 13;
    static final int SECURE_CONNECTION = 1 << 15;
    static final int MULTI_STATEMENTS = 1 << 16;
    static final int MULTI_RESULTS = 1 << 17;
    static final int PS_MULTI_RESULTS = 1 << 18;
    static final int PLUGIN_AUTH = 1 << 19;
    static final int CONNECT_ATTRS = 1 << 20;
    static final int PLUGIN_AUTH_LENENC = 1 << 21;
    static final int SESSION_TRACK = 1 << 23;
    static final int DEPRECATE_EOF = 1 << 24;

    /// What the client wants of the server's ways, and the server is asked for in its place.
    private static final int CLIENTS = FOUND_ROWS
            | IGNORE_SPACE
            | INTERACTIVE
            | MULTI_STATEMENTS
            | MULTI_RESULTS
            | PS_MULTI_RESULTS
            | DEPRECATE_EOF;

    /// What we need of a server, or use where it has it. With the first bit set, MariaDB leaves its own extensions
    /// alone: bulk execution, progress reports and cached metadata are not carried.
    private static final int OURS = LONG_PASSWORD
            | LONG_FLAG
            | PROTOCOL_41
            | TRANSACTIONS
            | SECURE_CONNECTION
            | PLUGIN_AUTH
            | CONNECT_ATTRS
            | PLUGIN_AUTH_LENENC
            | SESSION_TRACK;

    private Capabilities() {}

    /// What a client is offered. Neither TLS, which ends before us, nor compression; nor query attributes, nor
    /// results without metadata.
    static int offered(boolean localFiles) {
        return CLIENTS | OURS | CONNECT_WITH_DB | (localFiles ? LOCAL_FILES : 0);
    }

    /// What a server is asked for.
    ///
    /// @param client what the client chose of what it was offered
    /// @param server what the server offers
    static int chosen(int client, int server) {
        return (OURS | (client & (CLIENTS | LOCAL_FILES))) & server;
    }

    static boolean has(int capabilities, int one) {
        return (capabilities & one) != 0;
    }
}
