package dev.sallyport.edge.ssh;

import dev.sallyport.core.certificate.SourceAddresses;
import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.TrustedCa.CertificateAttribute;
import dev.sallyport.core.certificate.TrustedCa.UserAttribute;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.edge.admission.TrustSnapshot;
import dev.sallyport.edge.fake.FakeAdmission;
import dev.sallyport.edge.fake.FakeAgents;
import dev.sallyport.edge.fake.MemoryRecorder;
import dev.sallyport.edge.relay.RelayLimits;
import dev.sallyport.edge.relay.Sessions;
import dev.sallyport.edge.review.Reviews;
import dev.sallyport.edge.statements.StatementIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A door on a free port with fakes behind it, a user CA, and a certificate for alice in a folder.
///
/// Connections: `bash` (custom), `host` (ssh), `echo` (tcp).
final class TestingDoor implements AutoCloseable {

    /// What the tenant is called at the end of a login name.
    static final String TENANT = "acme";

    private static final Logger MINA = Logger.getLogger("org.apache.sshd");

    final Path folder;
    final FakeAdmission admission = new FakeAdmission();
    final FakeAgents agents = new FakeAgents();
    final MemoryRecorder recorder = new MemoryRecorder();
    final Sessions sessions;
    final SshDoor door;
    final HostKeys hostKeys;

    volatile TrustSnapshot trust = TrustSnapshot.NOBODY;

    /// Called in the middle of each authentication, on the thread that does it; may block.
    volatile Runnable beforeTrusting = () -> {};

    /// The clock by which host certificates are made.
    final MovedClock hostClock = new MovedClock();

    private TestingDoor(Path folder, DoorLimits limits, RelayLimits relayLimits, String proxies) throws IOException {
        MINA.setLevel(Level.SEVERE);
        this.folder = folder;
        hostKeys = HostKeys.in(folder.resolve("host"), List.of("127.0.0.1", "localhost"), hostClock);
        sessions = new Sessions(
                admission, agents, recorder, Reviews.NONE, StatementIndex.NONE, relayLimits, Clock.systemUTC());
        door = new SshDoor(
                new SshDoor.Settings(
                        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        proxies.isEmpty() ? SourceAddresses.NONE : SourceAddresses.parse(proxies),
                        false,
                        limits),
                hostKeys,
                this::trusted,
                admission,
                sessions,
                Clock.systemUTC());
        door.start();
        Files.writeString(folder.resolve("known_hosts"), "@cert-authority * " + hostKeys.certificateAuthority() + "\n");
        admission.add("bash", custom("bash"));
        admission.add("host", ssh());
        admission.add("echo", new TargetSettings.Tcp("127.0.0.1", 7));
        key("ca");
        key("alice");
        trust("ca", CertificateAttribute.PRINCIPAL);
        sign("alice", "ca", "-I", "alice@example", "-n", "alice", "-V", "-5m:+1h");
    }

    private TrustSnapshot trusted() {
        beforeTrusting.run();
        return trust;
    }

    static TestingDoor open(Path folder) {
        return open(folder, DoorLimits.DEFAULTS, RelayLimits.DEFAULTS, "");
    }

    static TestingDoor open(Path folder, DoorLimits limits, RelayLimits relayLimits, String proxies) {
        try {
            return new TestingDoor(folder, limits, relayLimits, proxies);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TargetSettings custom(String... entrypoint) {
        return new TargetSettings.Custom(
                List.of(entrypoint),
                Optional.empty(),
                TargetSettings.CommandMode.ARGUMENT,
                false,
                new TreeMap<>(),
                new TreeMap<>(),
                Optional.empty());
    }

    static TargetSettings ssh() {
        return new TargetSettings.Ssh(
                "127.0.0.1",
                22,
                "demo",
                Optional.empty(),
                Optional.empty(),
                List.of("ssh-ed25519 AAAA"),
                Optional.empty(),
                List.of("*:*"));
    }

    int port() {
        return door.addresses().getFirst().getPort();
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /// Makes a key pair of the given name.
    void key(String name, String... options) {
        var command = new ArrayList<>(List.of(
                "ssh-keygen", "-q", "-N", "", "-C", name, "-f", file(name).toString()));
        command.addAll(options.length == 0 ? List.of("-t", "ed25519") : List.of(options));
        check(command);
    }

    /// Signs the key `name` with the CA `ca`; ssh-keygen's own options follow.
    void sign(String name, String ca, String... options) {
        var command = new ArrayList<>(List.of("ssh-keygen", "-q", "-s", file(ca).toString()));
        command.addAll(List.of(options));
        command.add(file(name + ".pub").toString());
        check(command);
    }

    /// Lets the tenant trust the CA `name`, besides those that it trusts.
    void trust(String name, CertificateAttribute from) {
        var fingerprint = check(List.of("ssh-keygen", "-lf", file(name + ".pub").toString()))
                .split(" ", 3)[1];
        var all = new TreeMap<>(trust.byFingerprint());
        all.put(
                fingerprint,
                new TrustedCa(FakeAdmission.TENANT, fingerprint, read(name + ".pub"), from, UserAttribute.EMAIL));
        trust = new TrustSnapshot(all, Map.of(FakeAdmission.TENANT, TENANT));
    }

    String read(String name) {
        try {
            return Files.readString(file(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `ssh` with everything that a test needs, as `key`; options and destination follow.
    List<String> ssh(String key, String... rest) {
        return client("ssh", "-p", key, rest);
    }

    /// A program of OpenSSH's; `portOption` is how it wants its port.
    List<String> client(String program, String portOption, String key, String... rest) {
        var command = new ArrayList<>(List.of(program, "-F", "none"));
        options(key).forEach(option -> command.addAll(List.of("-o", option)));
        command.addAll(List.of(portOption, Integer.toString(port())));
        command.addAll(List.of(rest));
        return command;
    }

    List<String> options(String key) {
        return List.of(
                "IdentityFile=" + file(key),
                "IdentitiesOnly=yes",
                "BatchMode=yes",
                "UserKnownHostsFile=" + file("known_hosts"),
                "GlobalKnownHostsFile=none",
                "StrictHostKeyChecking=yes",
                "HostKeyAlgorithms=ssh-ed25519-cert-v01@openssh.com",
                "LogLevel=INFO");
    }

    /// Runs `ssh` as alice to its end; options and destination follow.
    Client.Result alice(String... rest) {
        return Client.run(ssh("alice", rest));
    }

    static String check(List<String> command) {
        var result = Client.run(command);
        if (result.status() != 0) {
            throw new AssertionError(command + " failed: " + result.error() + result.output());
        }
        return result.output();
    }

    @Override
    public void close() {
        door.close();
        sessions.close();
    }
}
