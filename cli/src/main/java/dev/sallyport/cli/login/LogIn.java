package dev.sallyport.cli.login;

import dev.sallyport.api.Me;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Trust;
import dev.sallyport.cli.config.Configuration;
import dev.sallyport.cli.config.KeptConfiguration;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Proves a key to be one, and only then keeps it.
@Command(
        name = "login",
        header = "Keep an API key, once the API has said whose it is.",
        description =
                "The key is asked for and not shown; where there is no terminal, it is the first line of stdin. It is "
                        + "written, mode 0600, to the file that --config names, else to ~/.config/sallyport/cli.json. What else "
                        + "stands there stays, unless it is about another Sallyport.",
        footer = {
            "",
            "Examples:",
            "  sally login --url https://sallyport.example.com",
            "  sally login --key-file key.txt"
        })
public final class LogIn extends Action {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The API's address. Default: the one that the file knows.")
    private @Nullable String url;

    @Option(names = "--key-file", paramLabel = "FILE", description = "Read the key from FILE.")
    private @Nullable Path keyFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificates to trust the API by, where no public authority signed its own.")
    private @Nullable Path caFile;

    public LogIn(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var kept = KeptConfiguration.read(run.configurationFile(), run.surroundings());
        var api = address(kept);
        if (!kept.text("url").equals(Optional.of(api.toString()))) {
            kept.clear();
            kept.put("url", api.toString());
        }
        if (caFile != null) {
            var path = run.surroundings().folder().resolve(caFile);
            kept.put("ca_file", path.toAbsolutePath().normalize().toString());
        }
        SignIn signIn = new GivenKey(Optional.ofNullable(keyFile), run.surroundings());
        var key = signIn.key(api);
        var me = proven(api, key, trust(kept));
        kept.put("key", key);
        kept.write();
        var email = me.email();
        run.say("signed in as " + (email == null ? "the key " + me.key() : email) + ", " + me.role() + " of "
                + me.tenantSlug() + "; kept in " + kept.path() + ".");
        warnOfOther(kept.path());
        return ExitCode.OK;
    }

    private URI address(KeptConfiguration kept) throws Failure {
        var text = Optional.ofNullable(url)
                .or(() -> kept.text("url"))
                .orElseThrow(() -> Failure.usage(
                        "where is the API? Say --url, as in  sally login --url https://sallyport.example.com."));
        return Configuration.address(text)
                .orElseThrow(() -> Failure.usage("--url takes an address such as https://sallyport.example.com."));
    }

    private static Optional<SSLContext> trust(KeptConfiguration kept) throws Failure {
        var file = kept.text("ca_file");
        try {
            return file.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Trust.of(kept.path().resolveSibling(file.get())));
        } catch (IOException e) {
            throw Failure.failed(file.orElse("") + " cannot be used as --ca-file: " + Reason.of(e) + ".");
        }
    }

    private static Me proven(URI api, String key, Optional<SSLContext> trust) throws Failure, Refused {
        try (var client = new SallyportClient(api, key, trust)) {
            return client.me();
        } catch (IOException e) {
            throw Failure.failed(api + ": " + Reason.of(e) + ". Nothing was written.");
        }
    }

    /// A file nearer to the working directory goes before the one that was written.
    private void warnOfOther(Path written) {
        try {
            var counts = Configuration.find(run.configurationFile(), run.surroundings())
                    .path();
            if (!counts.equals(written)) {
                run.say("in this folder " + counts + " goes before it.");
            }
        } catch (Failure e) {
            run.say(String.valueOf(e.getMessage()));
        }
    }
}
