package dev.sallyport.cli.admin;

import dev.sallyport.api.Keys;
import dev.sallyport.api.Keys.CreatedKey;
import dev.sallyport.api.Keys.NewKey;
import dev.sallyport.api.Keys.Page;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin keys`.
final class KeyCommands {

    private KeyCommands() {}

    private static String time(@Nullable Instant time, String otherwise) {
        return time == null ? otherwise : Moment.local(time);
    }

    private static String networks(Keys.Key key) {
        var networks = key.allowedNetworks();
        return networks == null ? "everywhere" : String.join(",", networks);
    }

    private static String scopes(Keys.Key key) {
        var scopes = key.scopes();
        return scopes == null ? "all" : String.join(",", scopes);
    }

    @Command(name = "ls", header = "List API keys, without their secrets.")
    static final class Ls extends Listing<Keys.Key> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Keys.Key> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.keys(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Keys.Key> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Keys.Key> items) {
            var table = new Table("KEY", "NAME", "ROLE", "OF", "CREATED", "LAST USED", "EXPIRES", "NETWORKS", "SCOPES");
            for (var key : items) {
                var user = key.user() == null ? key.serviceAccount() : key.user();
                table.row(
                        key.id(),
                        key.name(),
                        key.role(),
                        user == null ? "-" : user,
                        Moment.local(key.createdAt()),
                        time(key.lastUsedAt(), "-"),
                        time(key.expiresAt(), "never"),
                        networks(key),
                        scopes(key));
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no key. Make one with  sally admin keys create NAME.";
        }
    }

    @Command(
            name = "create",
            header = "Create an API key, and show its secret this once.",
            footer = {
                "",
                "Examples:",
                "  sally admin keys create ci --role auditor --expires 90d",
                "  sally admin keys create alice-laptop --role member --user alice@example.com",
                "  sally admin keys create deploys --role member --service-account deploy-bot --network 192.0.2.0/24",
                "  sally admin keys create inventory --role auditor --scope connections:read --scope agents:read"
            })
    static final class Create extends One<CreatedKey> {

        @Parameters(paramLabel = "NAME", description = "What it is for, for people.")
        private String name = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                required = true,
                description = "admin, auditor (reads everything), or member (what its user may see).")
        private String role = "";

        @Option(
                names = "--user",
                paramLabel = "USER",
                description = "Whose key it is; a member's key needs a user or a service account.")
        private @Nullable String user;

        @Option(
                names = "--service-account",
                paramLabel = "ACCOUNT",
                description = "Whose key it is, where it is a program's: id or name.")
        private @Nullable String serviceAccount;

        @Option(names = "--expires", paramLabel = "TIME", description = "In 90d, or at 2026-12-31. Default: never.")
        private @Nullable String expires;

        @Option(
                names = "--network",
                paramLabel = "NETWORK",
                description = "From where it counts, such as 192.0.2.0/24; may be given again. Default: everywhere.")
        private @Nullable List<String> networks;

        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                description =
                        "What it may of what its role may, such as connections:read or *:read; may be given again."
                                + " Default: all of it.")
        private @Nullable List<String> scopes;

        Create(Run run) {
            super(run);
        }

        @Override
        CreatedKey one() throws Exception {
            var until = expires == null
                    ? null
                    : Moment.future(expires, run.surroundings().clock());
            return client().createKey(new NewKey(name, role, user, serviceAccount, until, networks, scopes));
        }

        @Override
        Facts facts(CreatedKey one) {
            return new Facts()
                    .add("key", one.key().id())
                    .add("name", one.key().name())
                    .add("role", one.key().role())
                    .add("user", one.key().user())
                    .add("service account", one.key().serviceAccount())
                    .add("expires", time(one.key().expiresAt(), "never"))
                    .add("networks", networks(one.key()))
                    .add("scopes", scopes(one.key()))
                    .add("secret", one.secret());
        }

        @Override
        void after(CreatedKey one) {
            run.say("this secret is shown once. It goes into \"key\" of a configuration file that only you can read.");
        }
    }

    @Command(name = "delete", header = "Delete API keys; they stop counting at once.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteKey(name);
        }
    }
}
