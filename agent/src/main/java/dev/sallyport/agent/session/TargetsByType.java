package dev.sallyport.agent.session;

import dev.sallyport.agent.process.CustomTargets;
import dev.sallyport.agent.ssh.SshTargets;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Target;
import dev.sallyport.agent.target.Targets;
import dev.sallyport.agent.tcp.TcpTarget;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.session.Order;
import java.util.Optional;
import java.util.Set;

/// Opens each connection type in its own way.
public final class TargetsByType implements Targets {

    private final Set<String> types;
    private final Optional<CustomTargets> custom;
    private final SshTargets ssh;

    /// @param types the types that the agent's operator allows
    /// @param custom empty where programs cannot be run
    public TargetsByType(Set<String> types, Optional<CustomTargets> custom, SshTargets ssh) {
        this.types = Set.copyOf(types);
        this.custom = custom;
        this.ssh = ssh;
    }

    @Override
    public Target open(ConnectionDefinition definition, Order order) throws NotOpened, InterruptedException {
        if (!types.contains(definition.target().type())) {
            throw NotOpened.refused("this connection is of a type that its agent's operator did not allow");
        }
        return switch (definition.target()) {
            case TargetSettings.Custom settings -> {
                if (custom.isEmpty()) {
                    throw NotOpened.refused("this connection's agent cannot run programs");
                }
                yield custom.get().open(definition, settings, order);
            }
            case TargetSettings.Tcp settings -> TcpTarget.open(settings);
            case TargetSettings.Ssh settings -> ssh.open(definition, settings, order);
        };
    }
}
