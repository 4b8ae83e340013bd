package dev.sallyport.agent.target;

import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// Why an address was not reached, as a sentence for an admin: by the kind of the failure, never in the words of
/// whoever answered.
public final class Unreached {

    /// Most causes that are looked at.
    private static final int DEEPEST = 10;

    private Unreached() {}

    /// The same failure with the reason that stands behind it, where that is known.
    public static NotOpened told(NotOpened failure) {
        Optional<Throwable> cause = Optional.ofNullable(failure.getCause());
        for (int depth = 0; cause.isPresent() && depth < DEEPEST; depth++) {
            var reason = reason(cause.get());
            if (reason.isPresent()) {
                return new NotOpened(failure.reason(), reason.get(), failure);
            }
            cause = cause.flatMap(one -> Optional.ofNullable(one.getCause()));
        }
        return failure;
    }

    private static Optional<String> reason(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _, UnresolvedAddressException _ ->
                Optional.of("the target's host name is not known on the agent's machine");
            case NoRouteToHostException _ -> Optional.of("there is no way from the agent's machine to the target");
            case SocketTimeoutException _, TimeoutException _ ->
                Optional.of("the target did not answer in time: it may be down, or a firewall drops what the agent"
                        + " sends");
            default -> refused(cause);
        };
    }

    /// A refusal has a type of its own in none of the JDK's ways to connect; its words are the machine's own.
    private static Optional<String> refused(Throwable cause) {
        var words = String.valueOf(cause.getMessage());
        if (words.contains("Connection refused")) {
            return Optional.of("the target's machine refused the connection: nothing listens on that port, or a"
                    + " firewall is in the way");
        }
        return words.contains("unreachable") || words.contains("No route to host")
                ? Optional.of("there is no way from the agent's machine to the target")
                : Optional.empty();
    }
}
