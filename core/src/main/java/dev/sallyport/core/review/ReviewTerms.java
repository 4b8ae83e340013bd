package dev.sallyport.core.review;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Who may approve what a connection's guardrails hold, and how long it waits.
///
/// @param approvers names of groups; none: the tenant's admins
/// @param patience what nobody has decided by then does not run (`approval_seconds`)
public record ReviewTerms(Set<String> approvers, Duration patience) {

    /// How long a statement waits unless its connection says otherwise.
    public static final Duration DEFAULT_WAIT = Duration.ofMinutes(10);

    /// Shortest and longest.
    public static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    public static final Duration LONGEST_WAIT = Duration.ofHours(24);

    /// Most groups of one connection.
    public static final int MOST_APPROVERS = 20;

    /// The admins, for ten minutes.
    public static final ReviewTerms DEFAULT = new ReviewTerms(Set.of(), DEFAULT_WAIT);

    public ReviewTerms {
        approvers = Set.copyOf(approvers);
        if (approvers.size() > MOST_APPROVERS) {
            throw new IllegalArgumentException("a connection has at most " + MOST_APPROVERS + " groups of approvers");
        }
        if (patience.compareTo(SHORTEST_WAIT) < 0 || patience.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("a statement waits for 1 second to 24 hours");
        }
    }

    /// Who may approve, in words for the one who waits.
    public String who() {
        if (approvers.isEmpty()) {
            return "an admin";
        }
        var names = List.copyOf(new TreeSet<>(approvers));
        return "somebody of " + String.join(", ", names.subList(0, Math.min(5, names.size())))
                + (names.size() > 5 ? " and " + (names.size() - 5) + " other groups" : "");
    }
}
