package dev.sallyport.cli.admin;

import static dev.sallyport.cli.admin.RuleCommands.or;

import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.ConnectionWrite;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Connections.Tcp;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What can be said of a connection. What is not said stays as it is, or gets the API's default.
final class ConnectionOptions {

    private static final Database NO_DATABASE =
            new Database(null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    @Option(names = "--agent", paramLabel = "AGENT", description = "The agent that opens it: id or name.")
    private @Nullable String agent;

    @Option(names = "--recording", paramLabel = "MODE", description = "required (the default) or best-effort.")
    private @Nullable String recording;

    @Option(
            names = "--recording-level",
            paramLabel = "LEVEL",
            description = "full, statements or metadata. Default: by what is done.")
    private @Nullable String recordingLevel;

    @Option(
            names = "--recording-retention",
            paramLabel = "DAYS",
            description = "Keep recordings so many days after their sessions; 0: as the tenant's settings say.")
    private @Nullable Long recordingRetention;

    @Option(
            names = "--strict",
            arity = "1",
            paramLabel = "true|false",
            description = "End sessions sooner when an edge cannot learn of revocations.")
    private @Nullable Boolean strict;

    @Option(names = "--idle", paramLabel = "TIME", description = "End a session that idles so long; 0s: never.")
    private @Nullable String idle;

    @Option(names = "--longest", paramLabel = "TIME", description = "End a session after so long.")
    private @Nullable String longest;

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "A tag; may be given several times.")
    private @Nullable Map<String, String> tags;

    @Option(
            names = "--accept-env",
            paramLabel = "NAME",
            description = "A variable that users may send; may be given several times.")
    private @Nullable List<String> acceptEnvironment;

    @Option(
            names = "--approver",
            paramLabel = "GROUP",
            description =
                    "A group that approves what guardrails hold; may be given several times; '' alone: the admins.")
    private @Nullable List<String> approvers;

    @Option(
            names = "--approval",
            paramLabel = "TIME",
            description = "A held statement waits so long for its approval; 10m unless it is said.")
    private @Nullable String approval;

    @Option(names = "--run-as", paramLabel = "ACCOUNT", description = "custom: the account that it runs as.")
    private @Nullable String runAs;

    @Option(
            names = "--command",
            paramLabel = "MODE",
            description = "custom: what becomes of a user's command: argument, stdin or none.")
    private @Nullable String command;

    @Option(
            names = "--follow-stdin",
            arity = "1",
            paramLabel = "true|false",
            description = "custom: after the command, stdin goes on.")
    private @Nullable Boolean followStdin;

    @Option(
            names = "--env",
            paramLabel = "NAME=REFERENCE",
            description = "custom: a variable, as a secret reference (see below).")
    private @Nullable Map<String, String> environment;

    @Option(
            names = "--file",
            paramLabel = "NAME=REFERENCE",
            description = "custom: a variable with the path of a private file that holds this.")
    private @Nullable Map<String, String> files;

    @Option(names = "--directory", paramLabel = "PATH", description = "custom: where it runs.")
    private @Nullable String directory;

    @Option(names = "--host", paramLabel = "HOST", description = "ssh, tcp, databases: the target's name or address.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "ssh, tcp, databases: the target's port.")
    private @Nullable Integer port;

    @Option(names = "--user", paramLabel = "USER", description = "ssh, databases: the account on the target.")
    private @Nullable String user;

    @Option(
            names = "--password",
            paramLabel = "REFERENCE",
            description = "ssh, databases: its password, as a secret reference.")
    private @Nullable String password;

    @Option(
            names = "--private-key",
            paramLabel = "REFERENCE",
            description = "ssh: its private key, as a secret reference; databases: that of --certificate.")
    private @Nullable String privateKey;

    @Option(
            names = "--host-key",
            paramLabel = "KEY",
            description = "ssh: the target's public host key; may be given several times.")
    private @Nullable List<String> hostKeys;

    @Option(
            names = "--known-hosts",
            paramLabel = "PATH",
            description = "ssh: a known-hosts file on the agent's machine, instead of --host-key.")
    private @Nullable String knownHosts;

    @Option(
            names = "--forward",
            paramLabel = "HOST:PORT",
            description = "ssh: where users may forward to inside the target; may be given several times.")
    private @Nullable List<String> forwards;

    @Option(names = "--database", paramLabel = "NAME", description = "databases: the one that is used.")
    private @Nullable String database;

    @Option(
            names = "--databases",
            paramLabel = "PATTERN",
            description =
                    "databases: others that users may name, with * for any characters; may be given several times.")
    private @Nullable List<String> databases;

    @Option(
            names = "--tls",
            paramLabel = "MODE",
            description = "databases: disable, prefer, require, verify-ca or verify-full (the default).")
    private @Nullable String tls;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "databases: certificates (PEM) that the server's is signed by. Default: those that Java trusts.")
    private @Nullable Path ca;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "databases: the agent's own certificate for the server, with its chain (PEM).")
    private @Nullable Path certificate;

    @Option(
            names = "--masking",
            paramLabel = "MODE",
            description = "databases: default (what users need not see is masked) or none.")
    private @Nullable String masking;

    @Option(
            names = "--local-infile",
            arity = "1",
            paramLabel = "true|false",
            description = "mysql: whether LOAD DATA LOCAL may read files of the client's.")
    private @Nullable Boolean localInfile;

    @Option(
            names = "--guardrail",
            paramLabel = "NAME",
            description =
                    "databases: read-only, no-ddl, safe-writes, no-bulk-export, postgres-dangerous or mysql-dangerous;"
                            + " may be given several times; none: those there are go.")
    private @Nullable List<String> guardrails;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = "databases: rules of its own for statements, which come before the guardrails'.")
    private @Nullable Path rules;

    @Parameters(index = "0", paramLabel = "NAME", description = "What users call it; to change one, its id as well.")
    private String name = "";

    @Parameters(
            index = "1..*",
            paramLabel = "ENTRYPOINT",
            description = "custom: the program and its arguments, after --.")
    private List<String> entrypoint = new ArrayList<>();

    boolean isEmpty() {
        return entrypoint.isEmpty()
                && Stream.of(general(), custom(), ssh(), database())
                        .flatMap(List::stream)
                        .allMatch(List::isEmpty);
    }

    private List<List<?>> general() {
        return List.of(
                one(agent),
                one(recording),
                one(recordingLevel),
                one(recordingRetention),
                one(strict),
                one(idle),
                one(longest),
                one(tags),
                one(acceptEnvironment),
                one(approvers),
                one(approval));
    }

    private List<List<?>> custom() {
        return List.of(one(runAs), one(command), one(followStdin), one(environment), one(files), one(directory));
    }

    private List<List<?>> ssh() {
        return List.of(
                one(host),
                one(port),
                one(user),
                one(password),
                one(privateKey),
                one(hostKeys),
                one(knownHosts),
                one(forwards));
    }

    private List<List<?>> database() {
        return List.of(
                one(database),
                one(databases),
                one(tls),
                one(ca),
                one(certificate),
                one(masking),
                one(localInfile),
                one(guardrails),
                one(rules));
    }

    private static List<?> one(@Nullable Object value) {
        return value == null ? List.of() : List.of(value);
    }

    /// What the connection is called now, or is to be called.
    String name() {
        return name;
    }

    /// A new connection.
    ConnectionWrite create(String type) throws Failure {
        return new ConnectionWrite(
                name,
                agent,
                type,
                type.equals("custom") ? custom(new Custom(null, null, null, null, null, null, null)) : null,
                type.equals("ssh") ? ssh(new Ssh(null, null, null, null, null, null, null, null)) : null,
                type.equals("tcp") ? tcp(new Tcp(null, null)) : null,
                type.equals("postgres") ? database(NO_DATABASE) : null,
                type.equals("mysql") ? database(NO_DATABASE) : null,
                recording,
                recordingLevel,
                strict,
                seconds(idle),
                seconds(longest),
                tags,
                acceptEnvironment,
                days(recordingRetention),
                groups(approvers),
                seconds(approval));
    }

    /// A connection as it is, changed by what was said.
    ConnectionWrite change(Connection now, @Nullable String newName) throws Failure {
        return new ConnectionWrite(
                or(newName, now.name()),
                agent == null ? now.agent() : agent,
                now.type(),
                now.custom() == null ? null : custom(now.custom()),
                now.ssh() == null ? null : ssh(now.ssh()),
                now.tcp() == null ? null : tcp(now.tcp()),
                now.postgres() == null ? null : database(now.postgres()),
                now.mysql() == null ? null : database(now.mysql()),
                or(recording, now.recording()),
                recordingLevel == null ? now.recordingLevel() : recordingLevel,
                or(strict, now.strict()),
                idle == null ? (Long) now.idleSeconds() : seconds(idle),
                longest == null ? (Long) now.longestSeconds() : seconds(longest),
                or(tags, now.tags()),
                or(acceptEnvironment, now.acceptEnvironment()),
                recordingRetention == null ? longer(now.recordingRetentionDays()) : days(recordingRetention),
                approvers == null ? now.approvers() : groups(approvers),
                approval == null ? (Long) now.approvalSeconds() : seconds(approval));
    }

    private static @Nullable List<String> groups(@Nullable List<String> named) {
        return named == null
                ? null
                : named.stream().filter(name -> !name.isEmpty()).toList();
    }

    private Custom custom(Custom now) {
        return new Custom(
                entrypoint.isEmpty() ? now.entrypoint() : entrypoint,
                runAs == null ? now.runAs() : runAs,
                command == null ? now.command() : command,
                followStdin == null ? now.followStdin() : followStdin,
                environment == null ? now.environment() : environment,
                files == null ? now.files() : files,
                directory == null ? now.directory() : directory);
    }

    private Ssh ssh(Ssh now) {
        return new Ssh(
                host == null ? now.host() : host,
                port == null ? now.port() : port,
                user == null ? now.user() : user,
                password == null ? now.password() : password,
                privateKey == null ? now.privateKey() : privateKey,
                hostKeys == null ? now.hostKeys() : hostKeys,
                knownHosts == null ? now.knownHosts() : knownHosts,
                forwards == null ? now.forwards() : forwards);
    }

    private Tcp tcp(Tcp now) {
        return new Tcp(host == null ? now.host() : host, port == null ? now.port() : port);
    }

    private Database database(Database now) throws Failure {
        return new Database(
                host == null ? now.host() : host,
                port == null ? now.port() : port,
                user == null ? now.user() : user,
                password == null ? now.password() : password,
                database == null ? now.database() : database,
                databases == null ? now.databases() : databases,
                tls == null ? now.tls() : tls,
                ca == null ? now.ca() : text(ca, "certificates"),
                certificate == null ? now.certificate() : text(certificate, "certificates"),
                privateKey == null ? now.privateKey() : privateKey,
                masking == null ? now.masking() : masking,
                localInfile == null ? now.localInfile() : localInfile,
                guardrails == null ? now.guardrails() : guardrails.equals(List.of("none")) ? List.of() : guardrails,
                rules == null ? now.rules() : text(rules, "rules"));
    }

    private static String text(Path file, String what) throws Failure {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw Failure.usage("the file with " + what + " could not be read: " + Reason.of(e) + ".");
        }
    }

    /// 0 is how one says that there is none.
    private static @Nullable Long days(@Nullable Long given) {
        return given == null || given == 0 ? null : given;
    }

    private static @Nullable Long longer(@Nullable Integer number) {
        return number == null ? null : Long.valueOf(number);
    }

    private static @Nullable Long seconds(@Nullable String length) throws Failure {
        return length == null ? null : (Long) Moment.length(length).toSeconds();
    }
}
