package dev.sallyport.core.link;

import java.security.MessageDigest;
import java.security.SecureRandom;

/// 32 random bytes that bind one session to one agent instance and its recording edge.
///
/// Made by the edge, sent with the order, echoed in the agent's first answer, and shown again by the agent when
/// it resumes the session. Compared in constant time; does not print.
public record Ticket(byte[] bytes) {

    /// Length in bytes.
    public static final int LENGTH = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    public Ticket {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a ticket has " + LENGTH + " bytes");
        }
    }

    public static Ticket next() {
        var bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return new Ticket(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ticket that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "(ticket)";
    }
}
