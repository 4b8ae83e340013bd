package dev.sallyport.edge.agents;

import dev.sallyport.core.agent.AgentToken;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// One connection to the agents' port, as its calls see it: who authenticated on it, and which instance is
/// attached over it.
final class Peer {

    private final SocketAddress remote;
    private Optional<AgentDirectory.KnownAgent> agent = Optional.empty();
    private String tokenHash = "";
    private Optional<Instance> instance = Optional.empty();

    Peer(SocketAddress remote) {
        this.remote = remote;
    }

    SocketAddress remote() {
        return remote;
    }

    /// The token holds, for `known`.
    synchronized void authenticated(AgentDirectory.KnownAgent known, String token) {
        agent = Optional.of(known);
        tokenHash = AgentToken.hash(token);
    }

    /// Whether this connection's agent shows its token again.
    synchronized boolean showsAgain(String token) {
        return agent.isPresent()
                && MessageDigest.isEqual(
                        tokenHash.getBytes(StandardCharsets.US_ASCII),
                        AgentToken.hash(token).getBytes(StandardCharsets.US_ASCII));
    }

    synchronized Optional<Instance> instance() {
        return instance;
    }

    /// Takes the one place there is for an attached instance.
    synchronized boolean attach(Instance attached) {
        if (instance.isPresent()) {
            return false;
        }
        instance = Optional.of(attached);
        return true;
    }

    synchronized void detach(Instance attached) {
        if (instance.isPresent() && instance.get() == attached) {
            instance = Optional.empty();
        }
    }
}
