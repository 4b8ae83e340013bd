package dev.sallyport.core.apikey;

import java.util.Set;
import java.util.TreeSet;

/// A piece of what an API key may do: to read or to write the things of one noun of the API, or of all (`*`).
///
/// Scopes narrow what the key's role may, and never widen it. To write is not to read: who needs both has both.
///
/// @param noun the head of a path of the API without `/v1/`, or `*`
public record Scope(String noun, Verb verb) {

    /// Most scopes of one key.
    public static final int MOST = 32;

    /// What there is to read and to write.
    public static final Set<String> NOUNS = Set.of(
            "access",
            "access-rules",
            "agents",
            "audit",
            "cas",
            "checkpoints",
            "connections",
            "dry-runs",
            "exports",
            "groups",
            "guardrails",
            "holds",
            "keys",
            "masking-rules",
            "reviews",
            "revocations",
            "service-accounts",
            "sessions",
            "settings",
            "ssh-server",
            "statements",
            "tenants",
            "users");

    private static final String ALL = "*";

    /// What is done.
    public enum Verb {
        READ,
        WRITE
    }

    public Scope {
        if (!noun.equals(ALL) && !NOUNS.contains(noun)) {
            throw new IllegalArgumentException(
                    "a scope's noun is * or one of " + String.join(", ", new TreeSet<>(NOUNS)));
        }
    }

    /// Reads `NOUN:read` or `NOUN:write`.
    ///
    /// @throws IllegalArgumentException when it is none; the message repeats no input
    public static Scope parse(String text) {
        int colon = text.indexOf(':');
        var verb = text.substring(colon + 1);
        if (colon < 0 || !(verb.equals("read") || verb.equals("write"))) {
            throw new IllegalArgumentException("a scope is NOUN:read or NOUN:write, as in connections:read or *:read");
        }
        return new Scope(text.substring(0, colon), verb.equals("read") ? Verb.READ : Verb.WRITE);
    }

    /// Whether who has this may do all that `other` stands for.
    public boolean covers(Scope other) {
        return verb == other.verb && (noun.equals(ALL) || noun.equals(other.noun));
    }

    /// As [#parse] reads it.
    @Override
    public String toString() {
        return noun + ":" + (verb == Verb.READ ? "read" : "write");
    }
}
