package dev.sallyport.edge.ssh;

import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.id.TenantId;
import java.util.HashMap;
import java.util.Map;

/// Counts connections that have logged in, by who they are: one that asks for nothing takes memory and a
/// descriptor, too.
final class LoggedIn {

    /// Whose a connection is, as far as its certificate says.
    record Who(TenantId tenant, String login) {

        static Who of(Credential credential) {
            return new Who(credential.ca().tenant(), credential.login());
        }
    }

    private final int most;
    private final Map<Who, Integer> connections = new HashMap<>();

    LoggedIn(int most) {
        this.most = most;
    }

    /// One connection more; false when there are as many as may be.
    synchronized boolean enters(Who who) {
        if (connections.getOrDefault(who, 0) >= most) {
            return false;
        }
        connections.merge(who, 1, Integer::sum);
        return true;
    }

    /// One that [entered][#enters] is gone.
    synchronized void leaves(Who who) {
        connections.computeIfPresent(who, (one, count) -> count > 1 ? count - 1 : null);
    }
}
