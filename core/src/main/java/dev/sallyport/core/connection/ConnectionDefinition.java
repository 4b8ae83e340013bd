package dev.sallyport.core.connection;

import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.ConnectionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingLevel;
import dev.sallyport.core.review.ReviewTerms;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What an admin defines and a user picks: a named way to use one target with one set of credentials.
///
/// Signed as a whole by the control plane when it is written ([SignedDefinition]); the agent takes nothing
/// else.
///
/// @param version raised by one with each change; an agent refuses one older than it has seen
/// @param recordingRequired no recording, no session; `false` is *best effort*, and the session says so
/// @param recordingLevel none: the default of what is done, see [RecordingLevel]
/// @param strict shorter times for a blind edge
/// @param idle a session without a byte for so long ends; zero: never
/// @param longest a session ends after so long
/// @param tags for access rules and lists
/// @param acceptEnvironment names that a client's `env` requests may set, besides `LANG`, `LC_*` and `TERM`
/// @param review who approves what its guardrails hold, and how long that waits
public record ConnectionDefinition(
        TenantId tenant,
        ConnectionId id,
        ConnectionName name,
        long version,
        AgentId agent,
        TargetSettings target,
        boolean recordingRequired,
        Optional<RecordingLevel> recordingLevel,
        boolean strict,
        Duration idle,
        Duration longest,
        SortedMap<String, String> tags,
        Set<String> acceptEnvironment,
        ReviewTerms review) {

    /// Idle time after which a session ends, unless the connection says otherwise.
    public static final Duration DEFAULT_IDLE = Duration.ofHours(1);

    /// Time after which a session ends, unless the connection says otherwise.
    public static final Duration DEFAULT_LONGEST = Duration.ofHours(24);

    private static final Pattern LOCALE = Pattern.compile("LC_[A-Z_]{1,32}");

    /// A locale or terminal names a file to some programs: no path, nothing that a shell reads.
    private static final Pattern PLAIN_VALUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}");

    public ConnectionDefinition {
        if (version < 1) {
            throw new IllegalArgumentException("versions count from 1");
        }
        if (!longest.isPositive() || idle.isNegative()) {
            throw new IllegalArgumentException("a session lasts longer than no time at all");
        }
        tags = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        acceptEnvironment = Set.copyOf(acceptEnvironment);
    }

    /// One whose reviews are as they are unless it says otherwise.
    public ConnectionDefinition(
            TenantId tenant,
            ConnectionId id,
            ConnectionName name,
            long version,
            AgentId agent,
            TargetSettings target,
            boolean recordingRequired,
            Optional<RecordingLevel> recordingLevel,
            boolean strict,
            Duration idle,
            Duration longest,
            SortedMap<String, String> tags,
            Set<String> acceptEnvironment) {
        this(
                tenant,
                id,
                name,
                version,
                agent,
                target,
                recordingRequired,
                recordingLevel,
                strict,
                idle,
                longest,
                tags,
                acceptEnvironment,
                ReviewTerms.DEFAULT);
    }

    /// What is left of the variables that a client wants to set: `LANG`, `LC_*`, `TERM`, and the names that
    /// this connection accepts.
    public SortedMap<String, String> accepted(Map<String, String> environment) {
        var accepted = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            boolean always = name.equals("LANG")
                    || name.equals("TERM")
                    || LOCALE.matcher(name).matches();
            if ((always && PLAIN_VALUE.matcher(value).matches()) || acceptEnvironment.contains(name)) {
                accepted.put(name, value);
            }
        });
        return accepted;
    }
}
