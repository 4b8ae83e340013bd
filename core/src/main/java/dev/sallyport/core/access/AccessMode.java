package dev.sallyport.core.access;

/// How a connection is used: what an access rule allows.
public enum AccessMode {
    /// Live: a terminal, a forwarded port, a file transfer.
    CONNECT,
    /// One command or one statement, with or without input.
    EXEC
}
