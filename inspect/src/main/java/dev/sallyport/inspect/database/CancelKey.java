package dev.sallyport.inspect.database;

/// Names a session to those who want its statement stopped: made by the wire for each session, at random, and never
/// the server's own.
///
/// @param process PostgreSQL's process id, MySQL's connection id, as we told the client
/// @param secret PostgreSQL's secret key; none for MySQL
public record CancelKey(int process, byte[] secret) {
    public CancelKey {
        secret = secret.clone();
    }

    @Override
    public byte[] secret() {
        return secret.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CancelKey that
                && process == that.process
                && java.security.MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public int hashCode() {
        return process;
    }

    @Override
    public String toString() {
        return "CancelKey(" + process + ")";
    }
}
