package dev.sallyport.cli.admin;

import dev.sallyport.api.Cas.Ca;
import dev.sallyport.api.Cas.NewCa;
import dev.sallyport.api.Cas.Page;
import dev.sallyport.api.Cas.Proof;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.certificate.SshPublicKey;
import dev.sallyport.core.text.Escaped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin cas`.
final class CaCommands {

    private static final String HEAD = "SHA256:";

    private CaCommands() {}

    /// The id in the API's paths: base64url, where a fingerprint is base64.
    private static String id(String ca) {
        return ca.startsWith(HEAD)
                ? ca.substring(HEAD.length()).replace('+', '-').replace('/', '_')
                : ca;
    }

    private static String until(Ca ca) {
        @Nullable Instant until = ca.until();
        return until == null ? "" : Moment.local(until);
    }

    private static Facts facts(Ca ca) {
        var replaces = ca.replaces();
        return new Facts()
                .add("CA", ca.fingerprint())
                .add("key", ca.publicKey())
                .add("state", ca.state())
                .add("proof until", until(ca))
                .add("replaces", replaces == null ? List.of() : replaces);
    }

    /// Says what to run, where the CA waits for its proof.
    private static void sayCommand(Run run, Ca ca) {
        var command = ca.command();
        if (command != null) {
            run.say("the CA " + ca.fingerprint() + " is not trusted before you prove that you hold it. Until "
                    + until(ca)
                    + ", run this where its private key is, with that key's path for ./ca, and then"
                    + "  sally admin cas add KEY --proof ca.proof:");
            run.surroundings().err().println("  " + Escaped.of(command));
        }
    }

    @Command(name = "ls", header = "List CAs, trusted ones and those that wait for their proof.")
    static final class Ls extends Listing<Ca> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Ca> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.cas(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Ca> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Ca> items) {
            var table = new Table("CA", "STATE", "PROOF UNTIL", "KEY");
            items.forEach(ca -> table.row(ca.fingerprint(), ca.state(), until(ca), ca.publicKey()));
            return table;
        }

        @Override
        String nothing() {
            return "no CA is trusted, so nobody can log in. Add one with  sally admin cas add \"$(cat ca.pub)\".";
        }
    }

    @Command(name = "show", header = "Show a CA, and how it is proven where it waits for that.")
    static final class Show extends One<Ca> {

        @Parameters(paramLabel = "CA", description = "Fingerprint (SHA256:…) or id.")
        private String ca = "";

        Show(Run run) {
            super(run);
        }

        @Override
        Ca one() throws Exception {
            return client().ca(id(ca));
        }

        @Override
        Facts facts(Ca one) {
            return CaCommands.facts(one);
        }

        @Override
        void after(Ca one) {
            sayCommand(run, one);
        }
    }

    @Command(
            name = "add",
            header = "Trust a CA, beside those that are trusted.",
            description = "Beside other tenants it counts once you have proven that you hold it: the line to run is"
                    + " printed, and what it has written comes back with --proof.",
            footer = {
                "",
                "Examples:",
                "  sally admin cas add \"$(cat ca.pub)\"",
                "  sally admin cas add \"$(cat ca.pub)\" --proof ca.proof"
            })
    static final class Add extends One<Ca> {

        @Parameters(paramLabel = "KEY", description = "The CA's public key, as in ca.pub.")
        private String key = "";

        @Option(names = "--proof", paramLabel = "FILE", description = "What the line that was printed has written.")
        private @Nullable Path proof;

        Add(Run run) {
            super(run);
        }

        @Override
        Ca one() throws Exception {
            if (proof == null) {
                return client().addCa(new NewCa(key.strip()));
            }
            SshPublicKey parsed;
            try {
                parsed = SshPublicKey.parse(key);
            } catch (IllegalArgumentException e) {
                throw Failure.usage("the key " + e.getMessage() + ".");
            }
            return client().proveCa(id(parsed.fingerprint()), new Proof(ShortFile.text(run, proof)));
        }

        @Override
        Facts facts(Ca one) {
            return CaCommands.facts(one);
        }

        @Override
        void after(Ca one) {
            sayCommand(run, one);
        }
    }

    @Command(
            name = "delete",
            header = "Delete CAs; their certificates count no longer, on live sessions as well.",
            description = "CAs that a pending one was to replace stay.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteCa(id(name));
        }
    }
}
