package dev.sallyport.cli;

import dev.sallyport.api.Sessions.Certificate;
import dev.sallyport.api.Sessions.Session;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Records of the API, made up.
public final class Examples {

    public static final Instant START = Instant.parse("2026-01-22T11:00:00Z");

    private Examples() {}

    public static Session session(String id, String email, @Nullable String command, @Nullable Instant ended) {
        return new Session(
                id,
                "usr_01kaxyz0000000000000000001",
                email,
                "con_01kaxyz0000000000000000002",
                "bash",
                "agt_01kaxyz0000000000000000003",
                command == null ? "connect" : "exec",
                command == null ? "shell" : "exec",
                command,
                "192.0.2.7",
                new Certificate("SHA256:ca", "7", "alice@example", "SHA256:key"),
                ended == null ? "live" : "ended",
                START,
                START.plusSeconds(86_400),
                ended,
                ended == null ? null : "Exited",
                ended == null ? null : "the target ended with exit status 3",
                ended == null ? null : 3,
                "full",
                ended == null ? "live" : "complete",
                null,
                null,
                null);
    }
}
