package dev.sallyport.standalone.demo;

import dev.sallyport.api.Agents;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Refused;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.Users.User;
import dev.sallyport.api.Users.UserWrite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The demo tenant: made through the public API at the first start, as an admin would make it.
///
/// Users alice (in the group `engineers`, which one rule lets use everything) and bob (whom no rule mentions), a user
/// CA with a certificate for each, the connections `bash`, `python`, `report`, and `demo-host`, an sshd of its own;
/// where it is asked for, `pg-demo`, a PostgreSQL of its own.
public final class Demo implements AutoCloseable {

    /// Users with a certificate, as they log in.
    public static final List<String> USERS = List.of("alice", "bob");

    private static final String AGENT = "local";
    private static final String SHELL = "bash";
    private static final String HOST = "demo-host";
    private static final String DATABASE = "pg-demo";

    private final Path keys;
    private final Path state;
    private final Path agentSecrets;
    private final List<String> notes = new ArrayList<>();
    private @Nullable DemoHost host;
    private @Nullable DemoDatabase database;

    /// @param keys the instance's keys: the CA's and the users' stand there
    /// @param state where the demo host keeps its configuration
    /// @param agentSecrets a folder that the agent may read secrets from
    public Demo(Path keys, Path state, Path agentSecrets) {
        this.keys = keys;
        this.state = state;
        this.agentSecrets = agentSecrets;
    }

    /// What the start should tell: the account that commands run as, and what had to be left out.
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /// Makes everything but the demo host's connection; returns the agent's key.
    public String seed(SallyportClient admin) throws IOException, InterruptedException, Refused {
        admin.createGroup(new Groups.NewGroup("engineers"));
        admin.createUser(new UserWrite("admin@example.com", null, "Admin", List.of(), null));
        var alice = admin.createUser(new UserWrite("alice@example.com", null, "Alice", List.of("engineers"), null));
        var bob = admin.createUser(new UserWrite("bob@example.com", null, "Bob", List.of(), null));

        var keygen = new SshKeygen(keys);
        var ca = keygen.key("user-ca");
        certify(keygen, ca, "alice", alice);
        certify(keygen, ca, "bob", bob);
        admin.applySshServer(new SshServer.Apply(
                List.of(Files.readString(Path.of(ca + ".pub")).strip()), null, "principal", "user_id", null, null));

        Agents.KeyedAgent agent = admin.createAgent(new Agents.NewAgent(AGENT, false));
        var account = Account.forDemo();
        var runAs = account.runAs().orElse(null);
        admin.createConnection(custom(SHELL, List.of("/bin/bash"), runAs, null));
        if (Files.isExecutable(Path.of("/usr/bin/python3"))) {
            admin.createConnection(custom("python", List.of("/usr/bin/python3"), runAs, null));
        } else {
            notes.add("the connection python is left out: there is no /usr/bin/python3 (package python3)");
        }
        admin.createConnection(custom(
                "report",
                List.of("/bin/sh", "-c", "echo \"report for $SALLYPORT_USER_EMAIL\"; date; uptime; df -h /"),
                runAs,
                "none"));
        admin.createRule(new RuleWrite(
                "engineers use everything",
                "allow",
                List.of("engineers"),
                List.of(),
                List.of("*"),
                Map.of(),
                List.of("connect", "exec")));
        return Objects.requireNonNull(agent.key(), "an agent that is not to join has a key");
    }

    /// Notes the account that the shell runs as, which is what was chosen at the first start.
    public void noteAccount(SallyportClient admin) throws IOException, Refused {
        for (var connection : admin.connections(null).items()) {
            var custom = connection.custom();
            if (connection.name().equals(SHELL) && custom != null) {
                notes.add(
                        custom.runAs() == null
                                ? "commands run as you (" + System.getProperty("user.name")
                                        + "), not as another account"
                                : "commands run as the account " + custom.runAs());
            }
        }
    }

    /// Starts the demo's sshd, and makes (or mends, when its port had to change) the connection to it.
    public void startHost(SallyportClient admin) throws IOException, InterruptedException, Refused {
        var sshd = DemoHost.program();
        if (sshd.isEmpty()) {
            notes.add("the connection " + HOST + " is left out: there is no sshd (package openssh-server)");
            return;
        }
        var keygen = new SshKeygen(keys);
        var hostKey = keygen.key(HOST + "-host");
        var clientKey = keygen.key(HOST + "-client");
        var portFile = state.resolve(HOST + ".port");
        int before = Files.exists(portFile)
                ? Integer.parseInt(Files.readString(portFile).strip())
                : 0;
        var started = DemoHost.start(sshd.get(), state, hostKey, clientKey, before);
        host = started;
        if (started.port() == before) {
            return;
        }
        var secret = agentSecrets.resolve(HOST);
        Files.copy(clientKey, secret, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        var fields = Files.readString(Path.of(hostKey + ".pub")).split(" ", 3);
        var settings = new Ssh(
                "127.0.0.1",
                started.port(),
                Account.forDemo().name(),
                null,
                "file:" + secret,
                List.of(fields[0] + " " + fields[1]),
                null,
                List.of("127.0.0.1:*", "localhost:*"));
        var write =
                new ConnectionWrite(HOST, AGENT, "ssh", null, settings, null, null, null, null, null, null, null, null);
        if (admin.connections(null).items().stream().map(Connection::name).anyMatch(HOST::equals)) {
            admin.updateConnection(HOST, write);
        } else {
            admin.createConnection(write);
        }
        Files.writeString(portFile, Integer.toString(started.port()));
    }

    /// Starts the demo's database, and makes (or mends, when its port had to change) the connection to it.
    public void startDatabase(SallyportClient admin) throws IOException, Refused {
        var portFile = state.resolve(DATABASE + ".port");
        var secret = agentSecrets.resolve(DATABASE);
        int before = Files.exists(portFile)
                ? Integer.parseInt(Files.readString(portFile).strip())
                : 0;
        DemoDatabase started;
        try {
            started = DemoDatabase.start(state, secret, before);
        } catch (IOException | RuntimeException e) {
            notes.add("the connection " + DATABASE + " is left out: its PostgreSQL did not start (" + e.getMessage()
                    + ")");
            return;
        }
        database = started;
        if (started.port() == before) {
            return;
        }
        var settings = new Database(
                "127.0.0.1",
                started.port(),
                DemoDatabase.USER,
                "file:" + secret,
                DemoDatabase.DATABASE,
                null,
                "disable",
                null,
                null,
                null,
                "default",
                null,
                List.of("safe-writes", "postgres-dangerous"),
                null);
        var write = new ConnectionWrite(
                DATABASE,
                AGENT,
                "postgres",
                null,
                null,
                null,
                settings,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        if (admin.connections(null).items().stream().map(Connection::name).anyMatch(DATABASE::equals)) {
            admin.updateConnection(DATABASE, write);
        } else {
            admin.createConnection(write);
        }
        Files.writeString(portFile, Integer.toString(started.port()));
    }

    private void certify(SshKeygen keygen, Path ca, String login, User user) throws IOException, InterruptedException {
        keygen.certify(ca, keygen.key(login), user.email(), List.of(login, user.id()));
    }

    private static ConnectionWrite custom(
            String name, List<String> entrypoint, @Nullable String runAs, @Nullable String command) {
        return new ConnectionWrite(
                name,
                AGENT,
                "custom",
                new Custom(entrypoint, runAs, command, null, null, null, null),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @Override
    public void close() {
        if (host != null) {
            host.close();
        }
        if (database != null) {
            database.close();
        }
    }
}
