package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.Revocations.NewRevocation;
import dev.sallyport.api.Revocations.Page;
import dev.sallyport.api.Revocations.Revocation;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sally admin revocations`.
final class RevocationCommands {

    private RevocationCommands() {}

    private static String until(@Nullable Instant until) {
        return until == null ? "ever" : Moment.local(until);
    }

    @Command(name = "ls", header = "List revocations.")
    static final class Ls extends Listing<Revocation> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Revocation> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.revocations(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Revocation> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Revocation> items) {
            var table = new Table("REVOCATION", "KIND", "VALUE", "SINCE", "UNTIL", "REASON");
            for (var one : items) {
                table.row(
                        one.id(),
                        one.kind(),
                        one.value(),
                        Moment.local(one.createdAt()),
                        until(one.until()),
                        one.reason());
            }
            return table;
        }

        @Override
        String nothing() {
            return "nothing is revoked.  sally admin revocations create  revokes.";
        }
    }

    /// Exactly one of these.
    static final class What {

        @Option(names = "--serial", paramLabel = "NUMBER", description = "The certificate with this serial; with --ca.")
        private @Nullable String serial;

        @Option(names = "--key-id", paramLabel = "ID", description = "All certificates with this key id.")
        private @Nullable String keyId;

        @Option(names = "--key", paramLabel = "FINGERPRINT", description = "All certificates of this key, SHA256:….")
        private @Nullable String key;

        @Option(names = "--all-of-ca", paramLabel = "FINGERPRINT", description = "All certificates of this CA.")
        private @Nullable String ca;

        @Option(
                names = "--user",
                paramLabel = "USER",
                description = "All certificates of this user that began to count before now: id or e-mail address.")
        private @Nullable String user;
    }

    @Command(
            name = "create",
            header = "Revoke certificates. It counts at once, on live sessions as well.",
            footer = {
                "",
                "Examples:",
                "  sally admin revocations create --serial 7 --ca SHA256:… --reason 'laptop lost'",
                "  sally admin revocations create --user bob@example.com"
            })
    static final class Create extends One<Revocation> {

        @ArgGroup(multiplicity = "1")
        private What what = new What();

        @Option(names = "--ca", paramLabel = "FINGERPRINT", description = "For --serial: the CA that gave it.")
        private @Nullable String ca;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
        private @Nullable String reason;

        @Option(
                names = "--until",
                paramLabel = "TIME",
                description = "For 30d, or up to 2026-12-31. Default: for ever.")
        private @Nullable String until;

        Create(Run run) {
            super(run);
        }

        @Override
        Revocation one() throws Exception {
            var end = until == null
                    ? null
                    : Moment.future(until, run.surroundings().clock());
            return client().createRevocation(of(end));
        }

        private NewRevocation of(@Nullable Instant end) throws Exception {
            if ((what.serial == null) != (ca == null)) {
                throw Failure.usage("--serial needs --ca, the CA that gave it, and nothing else takes --ca.");
            }
            if (what.serial != null) {
                return new NewRevocation("serial", what.serial, ca, reason, end);
            }
            if (what.keyId != null) {
                return new NewRevocation("key_id", what.keyId, null, reason, end);
            }
            if (what.key != null) {
                return new NewRevocation("key", what.key, null, reason, end);
            }
            if (what.ca != null) {
                return new NewRevocation("ca", what.ca, null, reason, end);
            }
            var user = what.user == null ? "" : what.user;
            var id = user.contains("@") ? client().user(user).id() : user;
            return new NewRevocation("user", id, null, reason, end);
        }

        @Override
        Facts facts(Revocation one) {
            return new Facts()
                    .add("revocation", one.id())
                    .add("kind", one.kind())
                    .add("value", one.value())
                    .add("CA", one.ca())
                    .add("since", Moment.local(one.createdAt()))
                    .add("until", until(one.until()))
                    .add("reason", one.reason());
        }
    }

    @Command(name = "delete", header = "Take revocations back.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteRevocation(name);
        }
    }
}
