package dev.sallyport.standalone;

import dev.sallyport.api.Me;
import dev.sallyport.control.Instance;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.edge.Edge;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What this standalone's control plane knows of the instance around it.
final class ThisInstance implements Instance {

    private final Settings settings;
    private final Set<String> origins;
    private final byte[] pin;
    private final Optional<Edge> edge;
    private final Path keys;
    private volatile Optional<TenantId> operator = Optional.empty();
    private volatile Optional<URI> api = Optional.empty();

    ThisInstance(Settings settings, Set<String> origins, byte[] pin, Optional<Edge> edge, Path keys) {
        this.settings = settings;
        this.origins = origins;
        this.pin = pin;
        this.edge = edge;
        this.keys = keys;
    }

    void operatedBy(Optional<TenantId> tenant) {
        operator = tenant;
    }

    void reachedAt(URI uri) {
        api = Optional.of(uri);
    }

    @Override
    public Optional<URI> api() {
        return api;
    }

    @Override
    public Optional<TenantId> operator() {
        return operator;
    }

    @Override
    public Set<String> origins() {
        return origins;
    }

    @Override
    public AgentDoor agentDoor() {
        return new AgentDoor(
                settings.agentNames().stream().findFirst().orElse(settings.agentAddress()), settings.agentPort(), pin);
    }

    @Override
    public Optional<Me.SshDoor> sshDoor() {
        var address = edge.map(Edge::sshAddress);
        return Optional.of(new Me.SshDoor(
                settings.reachedAt(
                        address.map(at -> at.getAddress().getHostAddress()).orElse(settings.sshAddress())),
                address.map(InetSocketAddress::getPort).orElse(settings.sshPort()),
                edge.map(Edge::hostCa).orElse(null)));
    }

    @Override
    public Optional<DoorControl> doorControl() {
        return edge.map(running -> new DoorControl() {

            @Override
            public void listen(String host, int port) throws NotPossible {
                try {
                    running.listen(new InetSocketAddress(host, port));
                } catch (IOException e) {
                    throw new NotPossible("The SSH door cannot be opened at " + host + ":" + port + ".");
                }
            }

            @Override
            public void hostKeys(String text) throws NotPossible {
                try {
                    var file = keys.resolve("ssh_host_operator_key");
                    Files.deleteIfExists(file);
                    Files.createFile(
                            file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    Files.writeString(file, text);
                    running.show(file);
                } catch (IOException e) {
                    throw new NotPossible("That is no private host key that the SSH door can use: " + e.getMessage());
                }
            }

            @Override
            public List<String> hostKeys() {
                return running.hostKeys();
            }
        });
    }
}
