package dev.sallyport.cli.admin;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.Page;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin connections`.
final class ConnectionCommands {

    private ConnectionCommands() {}

    static Facts facts(Connection one) {
        var facts = new Facts()
                .add("connection", one.id())
                .add("name", one.name())
                .add("type", one.type())
                .add("agent", one.agent());
        var custom = one.custom();
        if (custom != null) {
            facts.add("runs", list(custom.entrypoint()))
                    .add("runs as", custom.runAs())
                    .add("in", custom.directory())
                    .add("a user's command", custom.command())
                    .add("environment", map(custom.environment()))
                    .add("files", map(custom.files()));
        }
        var ssh = one.ssh();
        if (ssh != null) {
            facts.add("target", ssh.user() + " at " + ssh.host() + ", port " + ssh.port())
                    .add("password", ssh.password())
                    .add("private key", ssh.privateKey())
                    .add("host keys", list(ssh.hostKeys()))
                    .add("known hosts", ssh.knownHosts())
                    .add("may forward to", list(ssh.forwards()));
        }
        var tcp = one.tcp();
        if (tcp != null) {
            facts.add("target", tcp.host() + ", port " + tcp.port());
        }
        var database = one.postgres() == null ? one.mysql() : one.postgres();
        if (database != null) {
            facts.add("target", database.user() + " at " + database.host() + ", port " + database.port())
                    .add("password", database.password())
                    .add("database", database.database())
                    .add("users may name", list(database.databases()))
                    .add("tls", database.tls())
                    .add("certificate's key", database.privateKey())
                    .add("masking", database.masking())
                    .add("reads files of the client", yes(database.localInfile()))
                    .add("guardrails", list(database.guardrails()))
                    .add("rules", database.rules());
        }
        var level = one.recordingLevel();
        return facts.add("recording", level == null ? one.recording() : one.recording() + ", level " + level)
                .add("recordings kept", days(one.recordingRetentionDays()))
                .add("strict", one.strict() ? "yes" : "no")
                .add("ends when idle", one.idleSeconds() == 0 ? "never" : words(one.idleSeconds()))
                .add("ends after", words(one.longestSeconds()))
                .add("tags", RuleCommands.tags(one.tags()))
                .add("variables accepted", one.acceptEnvironment())
                .add("approved by", approvers(one.approvers()))
                .add("waits for approval", words(one.approvalSeconds()))
                .add("version", Long.toString(one.version()));
    }

    private static @Nullable String approvers(@Nullable List<String> groups) {
        return groups == null ? null : groups.isEmpty() ? "the admins" : String.join(", ", groups);
    }

    /// Where there is none of its own, the tenant's counts.
    private static @Nullable String days(@Nullable Integer days) {
        return days == null ? null : days + (days == 1 ? " day" : " days");
    }

    private static @Nullable String yes(@Nullable Boolean flag) {
        return flag == null ? null : flag ? "yes" : "no";
    }

    private static String words(long seconds) {
        return Moment.words(Duration.ofSeconds(seconds));
    }

    private static String list(@Nullable List<String> values) {
        return values == null ? "" : String.join(" ", values);
    }

    private static String map(@Nullable Map<String, String> values) {
        return values == null ? "" : RuleCommands.tags(values);
    }

    @Command(name = "ls", header = "List connections.")
    static final class Ls extends Listing<Connection> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Connection> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.connections(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Connection> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Connection> items) {
            var table = new Table("CONNECTION", "NAME", "TYPE", "AGENT", "RECORDING", "TAGS");
            for (var one : items) {
                var agent = one.agent();
                table.row(
                        one.id(),
                        one.name(),
                        one.type(),
                        agent == null ? "-" : agent,
                        one.recording(),
                        RuleCommands.tags(one.tags()));
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no connection yet. Make one with  sally admin connections create;  its --help has examples.";
        }
    }

    @Command(name = "show", header = "Show a connection.")
    static final class Show extends One<Connection> {

        @Parameters(paramLabel = "CONNECTION", description = "Id or name.")
        private String connection = "";

        Show(Run run) {
            super(run);
        }

        @Override
        Connection one() throws Exception {
            return client().connection(connection);
        }

        @Override
        Facts facts(Connection one) {
            return ConnectionCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Create a connection.",
            footer = {
                "",
                "A secret reference is env:NAME or file:/path on the agent's machine, seal:VALUE to have the value",
                "sealed to the agent's key, or text:VALUE for what is no secret.",
                "",
                "Examples:",
                "  sally admin connections create bash --type custom --agent office --run-as demo -- /bin/bash",
                "  sally admin connections create web-1 --type ssh --agent office --host 10.0.0.5 --user deploy"
                        + " \\%n    --private-key file:/etc/sallyport/secrets/web-1 --host-key \"$(cat web-1.pub)\"",
                "  sally admin connections create redis --type tcp --agent office --host 10.0.0.9 --port 6379"
            })
    static final class Create extends One<Connection> {

        @Option(
                names = "--type",
                paramLabel = "TYPE",
                required = true,
                description = "custom, ssh, tcp, postgres or mysql.")
        private String type = "";

        @Mixin
        private final ConnectionOptions options = new ConnectionOptions();

        Create(Run run) {
            super(run);
        }

        @Override
        Connection one() throws Exception {
            return client().createConnection(options.create(type));
        }

        @Override
        Facts facts(Connection one) {
            return ConnectionCommands.facts(one);
        }
    }

    @Command(
            name = "update",
            header = "Change a connection; what is not named stays, a list that is named is replaced.",
            footer = {"", "Example:", "  sally admin connections update bash --idle 15m --tag team=web"})
    static final class Update extends One<Connection> {

        @Option(names = "--name", paramLabel = "NEW", description = "The new name.")
        private @Nullable String name;

        @Mixin
        private final ConnectionOptions options = new ConnectionOptions();

        Update(Run run) {
            super(run);
        }

        @Override
        Connection one() throws Exception {
            if (name == null && options.isEmpty()) {
                throw Failure.usage("say what to change, as in --idle 15m.");
            }
            var now = client().connection(options.name());
            return client().updateConnection(now.id(), options.change(now, name));
        }

        @Override
        Facts facts(Connection one) {
            return ConnectionCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete connections; their live sessions end.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteConnection(name);
        }
    }
}
