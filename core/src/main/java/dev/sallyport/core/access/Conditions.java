package dev.sallyport.core.access;

import dev.sallyport.core.certificate.SourceAddresses;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// When and from where a rule counts.
///
/// @param networks from where, each as `ADDRESS[/LENGTH]`; none: from everywhere
/// @param windows when; none: always
public record Conditions(List<String> networks, List<TimeWindow> windows) {

    /// Always, from everywhere.
    public static final Conditions NONE = new Conditions(List.of(), List.of());

    /// Most networks of a rule.
    public static final int MOST_NETWORKS = 64;

    /// Most time windows of a rule.
    public static final int MOST_WINDOWS = 16;

    public Conditions {
        if (networks.size() > MOST_NETWORKS) {
            throw new IllegalArgumentException("a rule names at most " + MOST_NETWORKS + " networks");
        }
        if (windows.size() > MOST_WINDOWS) {
            throw new IllegalArgumentException("a rule names at most " + MOST_WINDOWS + " time windows");
        }
        networks = List.copyOf(networks);
        windows = List.copyOf(windows);
    }

    /// Whether they are met.
    ///
    /// @param unknown what counts where the address is not known
    boolean met(Circumstances circumstances, boolean unknown) {
        return within(circumstances.source(), unknown)
                && (windows.isEmpty() || windows.stream().anyMatch(window -> window.contains(circumstances.at())));
    }

    private boolean within(String source, boolean unknown) {
        if (networks.isEmpty()) {
            return true;
        }
        return source.isEmpty()
                ? unknown
                : SourceAddresses.parse(String.join(",", networks)).contains(source);
    }

    /// When one of the windows opens or closes next.
    Optional<Instant> changes(Instant at) {
        return windows.stream().map(window -> window.changes(at)).min(Instant::compareTo);
    }
}
