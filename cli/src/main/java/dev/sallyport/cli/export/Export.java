package dev.sallyport.cli.export;

import dev.sallyport.api.ApiJson;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Connections.Custom;
import dev.sallyport.api.Connections.Database;
import dev.sallyport.api.Connections.Ssh;
import dev.sallyport.api.Exports;
import dev.sallyport.api.Limits;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Sessions.Session;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.cli.sessions.Bundle;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Exports the whole tenant: reads everything through the API, page by page, into one archive.
///
/// Memory is bounded: each part is written to a file beside the archive first, and goes into it from there.
@Command(
        name = "export",
        header = "Export the whole tenant as one archive.",
        description = {
            "A tar file: users, service accounts, groups, keys, agents, connections, rules, the SSH server,",
            "revocations, settings, holds, sessions, audit log and checkpoints as lines of JSON; each recording as",
            "a bundle for  sally sessions verify;  and SHA256SUMS over all of it, for  sha256sum -c.",
            "Left out: sealed secrets of connections (as \"sealed:…\"), what is known of API keys' secrets,",
            "the data of deleted recordings. The keys to open recordings are in their bundles: guard the archive.",
            "The export, and each recording that is opened for it, stand in the audit log."
        },
        footer = {"", "Example:", "  sally export -o tenant.tar && tar -xf tenant.tar && sha256sum -c SHA256SUMS"})
public final class Export extends Action {

    /// How long the API is given when it says that there are too many requests.
    private static final Duration REST = Duration.ofSeconds(1);

    private static final int RESTS = 120;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The archive.")
    private String output = "";

    @Option(names = "--no-recordings", description = "Leave out what was recorded.")
    private boolean noRecordings;

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    public Export(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var file = run.surroundings().folder().resolve(output);
        if (Files.exists(file) && !force) {
            throw Failure.failed(file + " exists already; --force replaces it.");
        }
        var folder = file.toAbsolutePath().getParent();
        Path beside;
        try {
            beside = Files.createTempFile(folder, ".sally", ".part");
        } catch (IOException e) {
            throw Failure.failed(file + " cannot be written: " + Reason.of(e) + ".");
        }
        try {
            var archive = written(beside);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
            run.say("wrote " + file + ": " + archive.sessions + " sessions, " + archive.recordings + " recordings.");
            if (archive.failed > 0) {
                run.say(archive.failed + " recordings are not in it, as said above.");
                return ExitCode.FAILED;
            }
            return ExitCode.OK;
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private Archive written(Path beside) throws IOException, Refused, Failure, InterruptedException {
        var begun = patiently(() -> client().beginExport());
        try (var progress = new Progress(run.surroundings());
                var tar = new Tar(new BufferedOutputStream(Files.newOutputStream(beside), 65_536), begun.at())) {
            var archive = new Archive(tar, beside, progress);
            archive.write(begun);
            return archive;
        }
    }

    /// What asks the API.
    private interface Question<T> {
        T ask() throws IOException, Refused, Failure;
    }

    /// Asks again when there were too many requests.
    private static <T> T patiently(Question<T> question) throws IOException, Refused, Failure, InterruptedException {
        for (int rests = 0; ; rests++) {
            try {
                return question.ask();
            } catch (Refused refused) {
                if (!refused.problem().is(Problem.Type.TOO_MANY_REQUESTS) || rests == RESTS) {
                    throw refused;
                }
            } catch (IOException e) {
                if (!(e.getCause() instanceof Refused refused)
                        || !refused.problem().is(Problem.Type.TOO_MANY_REQUESTS)
                        || rests == RESTS) {
                    throw e;
                }
            }
            Thread.sleep(REST);
        }
    }

    /// Something of the archive, while it is written: a file beside it, and its hash.
    private static final class Part implements AutoCloseable {

        private final Path file;
        private final DigestOutputStream out;

        Part(Path beside) throws IOException {
            file = Files.createTempFile(beside.toAbsolutePath().getParent(), ".sally", ".part");
            try {
                out = new DigestOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(file), 65_536),
                        MessageDigest.getInstance("SHA-256"));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        OutputStream out() {
            return out;
        }

        void line(Object record) throws IOException {
            out.write(ApiJson.write(record));
            out.write('\n');
        }

        /// No more is written; the hash of all of it.
        String finish() throws IOException {
            out.close();
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(file);
        }
    }

    /// Puts the parts together.
    private final class Archive {

        private final Tar tar;
        private final Path beside;
        private final Progress progress;
        private final SallyportClient client;
        private final Part sums;
        private long sessions;
        private long recordings;
        private long failed;

        Archive(Tar tar, Path beside, Progress progress) throws IOException, Failure {
            this.client = client();
            this.tar = tar;
            this.beside = beside;
            this.progress = progress;
            this.sums = new Part(beside);
        }

        void write(Exports.Export begun) throws IOException, Refused, Failure, InterruptedException {
            try (sums) {
                one("export.json", begun);
                one("settings.json", patiently(client::settings));
                one("ssh-server.json", patiently(client::sshServer));
                list("users.jsonl", cursor -> {
                    var page = client.users(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("service-accounts.jsonl", cursor -> {
                    var page = client.serviceAccounts(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("groups.jsonl", cursor -> {
                    var page = client.groups(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("keys.jsonl", cursor -> {
                    var page = client.keys(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("agents.jsonl", cursor -> {
                    var page = client.agents(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("connections.jsonl", cursor -> {
                    var page = client.connections(cursor);
                    return new Pages.One<>(
                            page.items().stream().map(Export::withoutSecrets).toList(), page.next());
                });
                list("access-rules.jsonl", cursor -> {
                    var page = client.rules(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("guardrails.jsonl", cursor -> {
                    var page = client.guardrails(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("masking-rules.jsonl", cursor -> {
                    var page = client.maskingRules(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("revocations.jsonl", cursor -> {
                    var page = client.revocations(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                list("holds.jsonl", cursor -> {
                    var page = client.holds(cursor);
                    return new Pages.One<>(page.items(), page.next());
                });
                sessions();
                // last, so that it tells of this export as well
                list("audit.jsonl", cursor -> {
                    var page = client.audit(after(cursor));
                    return new Pages.One<>(page.items(), page.next());
                });
                checkpoints();
                sums.finish();
                tar.add("SHA256SUMS", sums.file);
            }
        }

        private void sessions() throws IOException, Refused, Failure, InterruptedException {
            try (var part = new Part(beside)) {
                pages(
                        cursor -> {
                            var page = client.sessions(after(cursor));
                            return new Pages.One<>(page.items(), page.next());
                        },
                        session -> {
                            part.line(session);
                            sessions++;
                            if (!noRecordings && session.recording() != null && session.deletion() == null) {
                                recording(session);
                            }
                        });
                add("sessions.jsonl", part);
            }
        }

        private void recording(Session session) throws IOException, Refused, Failure, InterruptedException {
            try {
                patiently(() -> {
                    try (var part = new Part(beside)) {
                        Bundle.write(run, session, part.out(), progress);
                        add("recordings/" + session.id() + ".zip", part);
                    }
                    return session;
                });
                recordings++;
            } catch (Refused refused) {
                if (!refused.problem().is(Problem.Type.DELETED)) {
                    failed++;
                }
                run.say("the recording of " + session.id() + " is left out: " + refused.getMessage());
            }
        }

        private void checkpoints() throws IOException, Refused, Failure, InterruptedException {
            try (var part = new Part(beside)) {
                for (long from = 1; ; ) {
                    long first = from;
                    var items = patiently(() -> client.checkpoints(first)).items();
                    if (items.isEmpty()) {
                        break;
                    }
                    for (var one : items) {
                        part.line(one);
                    }
                    from = items.getLast().sequence() + 1;
                }
                add("checkpoints.jsonl", part);
            }
        }

        private void one(String name, Object record) throws IOException {
            try (var part = new Part(beside)) {
                part.line(record);
                add(name, part);
            }
        }

        private <T> void list(String name, Pages.Source<T> source)
                throws IOException, Refused, Failure, InterruptedException {
            try (var part = new Part(beside)) {
                pages(source, part::line);
                add(name, part);
            }
        }

        private void add(String name, Part part) throws IOException {
            var hash = part.finish();
            tar.add(name, part.file);
            sums.out().write((hash + "  " + name + "\n").getBytes(StandardCharsets.US_ASCII));
            progress.read((int) Math.min(Integer.MAX_VALUE, Files.size(part.file)));
        }
    }

    /// Takes one of a list.
    private interface Taker<T> {
        void take(T one) throws IOException, Refused, Failure, InterruptedException;
    }

    private static <T> void pages(Pages.Source<T> source, Taker<T> taker)
            throws IOException, Refused, Failure, InterruptedException {
        @Nullable String cursor = null;
        do {
            var from = cursor;
            var page = patiently(() -> source.after(from));
            for (var one : page.items()) {
                taker.take(one);
            }
            cursor = page.next();
        } while (cursor != null);
    }

    private static Map<String, String> after(@Nullable String cursor) {
        var filters = new HashMap<String, String>();
        filters.put("limit", Integer.toString(Limits.PAGE));
        if (cursor != null) {
            filters.put("cursor", cursor);
        }
        return filters;
    }

    /// A connection without what was sealed to its agent.
    private static Connection withoutSecrets(Connection one) {
        var custom = one.custom();
        var ssh = one.ssh();
        return new Connection(
                one.id(),
                one.name(),
                one.type(),
                one.agent(),
                custom == null
                        ? null
                        : new Custom(
                                custom.entrypoint(),
                                custom.runAs(),
                                custom.command(),
                                custom.followStdin(),
                                withoutSecrets(custom.environment()),
                                withoutSecrets(custom.files()),
                                custom.directory()),
                ssh == null
                        ? null
                        : new Ssh(
                                ssh.host(),
                                ssh.port(),
                                ssh.user(),
                                withoutSecret(ssh.password()),
                                withoutSecret(ssh.privateKey()),
                                ssh.hostKeys(),
                                ssh.knownHosts(),
                                ssh.forwards()),
                one.tcp(),
                withoutSecrets(one.postgres()),
                withoutSecrets(one.mysql()),
                one.recording(),
                one.recordingLevel(),
                one.strict(),
                one.idleSeconds(),
                one.longestSeconds(),
                one.tags(),
                one.acceptEnvironment(),
                one.modes(),
                one.version(),
                one.recordingRetentionDays(),
                one.approvers(),
                one.approvalSeconds());
    }

    private static @Nullable Database withoutSecrets(@Nullable Database database) {
        return database == null
                ? null
                : new Database(
                        database.host(),
                        database.port(),
                        database.user(),
                        withoutSecret(database.password()),
                        database.database(),
                        database.databases(),
                        database.tls(),
                        database.ca(),
                        database.certificate(),
                        withoutSecret(database.privateKey()),
                        database.masking(),
                        database.localInfile(),
                        database.guardrails(),
                        database.rules());
    }

    private static @Nullable Map<String, String> withoutSecrets(@Nullable Map<String, String> references) {
        if (references == null) {
            return null;
        }
        var without = new TreeMap<>(references);
        without.replaceAll((name, reference) -> reference.startsWith("sealed:") ? "sealed:…" : reference);
        return without;
    }

    private static @Nullable String withoutSecret(@Nullable String reference) {
        return reference != null && reference.startsWith("sealed:") ? "sealed:…" : reference;
    }
}
