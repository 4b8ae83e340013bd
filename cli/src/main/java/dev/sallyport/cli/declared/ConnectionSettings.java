package dev.sallyport.cli.declared;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.DatabaseProtocol;
import dev.sallyport.core.connection.DatabaseTls;
import dev.sallyport.core.connection.TargetSettings.CommandMode;
import dev.sallyport.core.review.ReviewTerms;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What is set of a connection, with what is not said as the API has it then.
final class ConnectionSettings {

    /// What a connection has of which nothing is said.
    static final Settings DEFAULTS = of(
            new ConnectionWrite(null, null, null, null, null, null, null, null, null, null, null, null, null),
            UnaryOperator.identity());

    private ConnectionSettings() {}

    static Settings of(Connection now, UnaryOperator<String> agentName) {
        return of(
                new ConnectionWrite(
                        now.name(),
                        now.agent(),
                        now.type(),
                        now.custom(),
                        now.ssh(),
                        now.tcp(),
                        now.postgres(),
                        now.mysql(),
                        now.recording(),
                        now.recordingLevel(),
                        now.strict(),
                        now.idleSeconds(),
                        now.longestSeconds(),
                        now.tags(),
                        now.acceptEnvironment(),
                        days(now.recordingRetentionDays()),
                        now.approvers(),
                        now.approvalSeconds()),
                agentName);
    }

    /// @param agentName the name of an agent of which the name or the id is known
    static Settings of(ConnectionWrite write, UnaryOperator<String> agentName) {
        var agent = write.agent();
        var settings = new Settings()
                .put("agent", agent == null ? null : agentName.apply(agent))
                .put("type", write.type());
        target(settings, write);
        return settings.put("recording", write.recording() == null ? "required" : write.recording())
                .put("recording_level", write.recordingLevel())
                .put("strict", Boolean.TRUE.equals(write.strict()) ? "true" : "false")
                .put("idle_seconds", number(write.idleSeconds(), ConnectionDefinition.DEFAULT_IDLE.toSeconds()))
                .put(
                        "longest_seconds",
                        number(write.longestSeconds(), ConnectionDefinition.DEFAULT_LONGEST.toSeconds()))
                .map("tags", write.tags())
                .set("accept_environment", write.acceptEnvironment())
                .put("recording_retention_days", text(write.recordingRetentionDays()))
                .set("approvers", write.approvers())
                .put("approval_seconds", number(write.approvalSeconds(), ReviewTerms.DEFAULT_WAIT.toSeconds()));
    }

    private static @Nullable Long days(@Nullable Integer days) {
        return days == null ? null : Long.valueOf(days);
    }

    private static @Nullable String text(@Nullable Long number) {
        return number == null ? null : number.toString();
    }

    private static void target(Settings settings, ConnectionWrite write) {
        var custom = write.custom();
        if (custom != null) {
            var entrypoint = custom.entrypoint();
            var command = custom.command();
            if (command == null && entrypoint != null && !entrypoint.isEmpty()) {
                command = CommandMode.defaultFor(entrypoint).name().toLowerCase(Locale.ROOT);
            }
            settings.list("custom.entrypoint", entrypoint)
                    .put("custom.run_as", custom.runAs())
                    .put("custom.command", command)
                    .put("custom.follow_stdin", Boolean.TRUE.equals(custom.followStdin()) ? "true" : null)
                    .secrets("custom.environment", custom.environment())
                    .secrets("custom.files", custom.files())
                    .put("custom.directory", custom.directory());
        }
        var ssh = write.ssh();
        if (ssh != null) {
            settings.put("ssh.host", ssh.host())
                    .put("ssh.port", ssh.port() == null ? "22" : ssh.port().toString())
                    .put("ssh.user", ssh.user())
                    .secret("ssh.password", ssh.password())
                    .secret("ssh.private_key", ssh.privateKey())
                    .list("ssh.host_keys", ssh.hostKeys())
                    .put("ssh.known_hosts", ssh.knownHosts())
                    .list("ssh.forwards", ssh.forwards());
        }
        database(settings, DatabaseProtocol.POSTGRES, write.postgres());
        database(settings, DatabaseProtocol.MYSQL, write.mysql());
        var tcp = write.tcp();
        if (tcp != null) {
            settings.put("tcp.host", tcp.host())
                    .put("tcp.port", tcp.port() == null ? null : tcp.port().toString());
        }
    }

    private static void database(Settings settings, DatabaseProtocol protocol, @Nullable Database database) {
        if (database == null) {
            return;
        }
        var type = protocol.type();
        var port = database.port();
        var tls = database.tls();
        settings.put(type + ".host", database.host())
                .put(type + ".port", Integer.toString(port == null ? protocol.port() : port))
                .put(type + ".user", database.user())
                .secret(type + ".password", database.password())
                .put(type + ".database", database.database())
                .list(type + ".databases", database.databases())
                .put(type + ".tls", tls == null ? DatabaseTls.VERIFY_FULL.word() : tls)
                .put(type + ".ca", database.ca())
                .put(type + ".certificate", database.certificate())
                .secret(type + ".private_key", database.privateKey())
                .put(type + ".masking", database.masking() == null ? "default" : database.masking())
                .put(type + ".local_infile", Boolean.TRUE.equals(database.localInfile()) ? "true" : null)
                .list(type + ".guardrails", database.guardrails())
                .put(type + ".rules", database.rules());
    }

    private static String number(@Nullable Long given, long otherwise) {
        return Long.toString(given == null ? otherwise : given);
    }
}
