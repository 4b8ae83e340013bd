package dev.sallyport.cli.sessions;

import dev.sallyport.cli.config.Configuration;
import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.recording.RecordingBundle;
import dev.sallyport.core.recording.Verification;
import dev.sallyport.core.recording.Verifier;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says whether a recording is what was recorded, and all of it.
@Command(
        name = "verify",
        header = "Say whether a recording is what was recorded, and all of it.",
        description = {
            "A session is fetched with what vouches for it; a file is a bundle that  download  wrote, and is",
            "verified offline. All that is trusted is the tenant's public key: the one of --key, else",
            "\"tenant_key\" of the configuration. Exit code 4: it is not what was recorded; the first bad event",
            "is named. Exit code 3: it was deleted, and the audit log says so."
        },
        footer = {
            "",
            "Examples:",
            "  sally sessions verify ses_…",
            "  sally sessions verify ses_….zip --key MCowBQYDK2VwAyEA…"
        })
public final class Verify extends Action {

    @Parameters(paramLabel = "SESSION|FILE", description = "A session's id, or a bundle.")
    private String what = "";

    @Option(names = "--key", paramLabel = "PUBKEY", description = "The tenant's public key, or a file that holds it.")
    private @Nullable String key;

    public Verify(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        if (what.startsWith("ses_") && !Files.exists(file(what))) {
            return said(session());
        }
        return bundle(file(what));
    }

    private Verification session() throws Exception {
        var shown = client().session(OpenRecording.sessionId(what).value());
        var deletion = shown.deletion();
        if (deletion != null) {
            var me = client().me();
            var evidence = StoredEvidence.ofDeleted(
                    client(), new TenantId(me.tenant()), new SessionId(shown.id()), deletion.at());
            return Verifier.verify(evidence, trusted(me.tenantKey()));
        }
        try (var progress = new Progress(run.surroundings());
                var recording = OpenRecording.of(run, what, progress)) {
            return Verifier.verify(
                    StoredEvidence.of(client(), recording, shown.startedAt()), trusted(recording.tenantKey()));
        }
    }

    /// The key that the user trusts, else the one that the API has.
    private TenantKey trusted(String claimed) throws Failure {
        var given = givenKey();
        if (given.isPresent()) {
            return given.get();
        }
        run.say("the tenant's key comes from where the recording comes from. To be sure of it, write"
                + " \"tenant_key\" into the configuration, or say --key.");
        return parse(claimed);
    }

    private int bundle(Path path) throws Exception {
        if (!Files.exists(path)) {
            throw Failure.failed(path + ": " + Reason.of(new NoSuchFileException(path.toString()))
                    + "; a session's id starts with ses_.");
        }
        var given = givenKey();
        try (var bundle = RecordingBundle.open(path)) {
            if (given.isEmpty()) {
                run.say("the tenant's key is the one in the bundle, which proves nothing. Compare it with one from"
                        + " elsewhere: " + bundle.claimedKey().text());
            }
            return said(Verifier.verify(bundle, given.orElse(bundle.claimedKey())));
        } catch (IOException e) {
            // What of a file cannot be read is not what was written.
            run.out().println("NOT VERIFIED: " + Escaped.of(String.valueOf(e.getMessage())));
            return ExitCode.NOT_VERIFIED;
        }
    }

    /// The key of --key, else of the configuration, where there is one.
    private Optional<TenantKey> givenKey() throws Failure {
        if (key != null) {
            var path = file(key);
            try {
                return Optional.of(parse(Files.isRegularFile(path) ? Files.readString(path) : key));
            } catch (IOException e) {
                throw Failure.failed(path + " cannot be read: " + Reason.of(e) + ".");
            }
        }
        Configuration configuration;
        try {
            configuration = run.configuration();
        } catch (Failure e) {
            return Optional.empty();
        }
        var text = configuration.tenantKey();
        return text.isPresent() ? Optional.of(parse(text.get())) : Optional.empty();
    }

    private static TenantKey parse(String text) throws Failure {
        try {
            return TenantKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("the tenant's public key is one line of base64;  sally status  shows it.");
        }
    }

    private Path file(String name) {
        return run.surroundings().folder().resolve(name);
    }

    private int said(Verification verification) {
        return switch (verification) {
            case Verification.Sound sound -> {
                run.out().println("sound: " + Escaped.of(sound.sentence()));
                yield ExitCode.OK;
            }
            case Verification.SoundSoFar sound -> {
                run.out().println("sound so far: " + Escaped.of(sound.sentence()));
                yield ExitCode.OK;
            }
            case Verification.Deleted deleted -> {
                run.out().println("deleted: " + Escaped.of(deleted.sentence()));
                yield ExitCode.REFUSED;
            }
            case Verification.Broken broken -> {
                run.out().println("NOT VERIFIED: " + Escaped.of(broken.sentence()));
                yield ExitCode.NOT_VERIFIED;
            }
        };
    }
}
