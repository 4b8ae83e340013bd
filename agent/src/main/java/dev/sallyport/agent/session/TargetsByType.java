package dev.sallyport.agent.session;

import dev.sallyport.agent.database.DatabaseTargets;
import dev.sallyport.agent.process.CustomTargets;
import dev.sallyport.agent.ssh.SshTargets;
import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Steps;
import dev.sallyport.agent.target.Target;
import dev.sallyport.agent.target.Targets;
import dev.sallyport.agent.tcp.TcpTarget;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.policy.SessionPolicy;
import dev.sallyport.core.session.Order;
import java.util.Optional;
import java.util.Set;

/// Opens each connection type in its own way.
public final class TargetsByType implements Targets {

    private final Set<String> types;
    private final Optional<CustomTargets> custom;
    private final SshTargets ssh;
    private final DatabaseTargets databases;

    /// @param types the types that the agent's operator allows
    /// @param custom empty where programs cannot be run
    public TargetsByType(Set<String> types, Optional<CustomTargets> custom, SshTargets ssh, DatabaseTargets databases) {
        this.types = Set.copyOf(types);
        this.custom = custom;
        this.ssh = ssh;
        this.databases = databases;
    }

    @Override
    public Target open(ConnectionDefinition definition, SessionPolicy policy, Order order)
            throws NotOpened, InterruptedException {
        allow(definition);
        return switch (definition.target()) {
            case TargetSettings.Custom settings -> custom().open(definition, settings, order);
            case TargetSettings.Tcp settings -> TcpTarget.open(settings);
            case TargetSettings.Database settings -> databases.open(definition, settings, policy, order);
            case TargetSettings.Ssh settings -> ssh.open(definition, settings, order);
        };
    }

    @Override
    public void allow(ConnectionDefinition definition) throws NotOpened {
        if (!types.contains(definition.target().type())) {
            throw NotOpened.refused("this connection is of a type that its agent's operator did not allow");
        }
        if (definition.target() instanceof TargetSettings.Custom) {
            var _ = custom();
        }
    }

    private CustomTargets custom() throws NotOpened {
        return custom.orElseThrow(() -> NotOpened.refused("this connection's agent cannot run programs"));
    }

    @Override
    public void test(ConnectionDefinition definition, Steps steps) throws NotOpened, InterruptedException {
        switch (definition.target()) {
            case TargetSettings.Custom settings -> custom().test(settings, steps);
            case TargetSettings.Tcp settings -> TcpTarget.test(settings, steps);
            case TargetSettings.Database settings -> databases.test(settings, steps);
            case TargetSettings.Ssh settings -> ssh.test(settings, steps);
        }
    }
}
