package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Settings;
import dev.sallyport.api.Tenants.CreatedTenant;
import dev.sallyport.api.Tenants.NewTenant;
import dev.sallyport.api.Tenants.Page;
import dev.sallyport.api.Tenants.Tenant;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin tenants`.
final class TenantCommands {

    private TenantCommands() {}

    @Command(name = "ls", header = "List tenants; for the operator.")
    static final class Ls extends Listing<Tenant> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Tenant> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.tenants(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Tenant> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Tenant> items) {
            var table = new Table("TENANT", "NAME", "PUBLIC KEY");
            items.forEach(tenant -> table.row(tenant.id(), tenant.slug(), tenant.publicKey()));
            return table;
        }

        @Override
        String nothing() {
            return "there is no tenant. Make one with  sally admin tenants create NAME.";
        }
    }

    @Command(name = "create", header = "Create a tenant, and show its first admin key this once; for the operator.")
    static final class Create extends One<CreatedTenant> {

        @Parameters(paramLabel = "NAME", description = "3 to 40 characters of a-z, 0-9 and -; unique.")
        private String name = "";

        Create(Run run) {
            super(run);
        }

        @Override
        CreatedTenant one() throws Exception {
            return client().createTenant(new NewTenant(name));
        }

        @Override
        Facts facts(CreatedTenant one) {
            return new Facts()
                    .add("tenant", one.tenant().id())
                    .add("name", one.tenant().slug())
                    .add("public key", one.tenant().publicKey())
                    .add("admin key", one.adminKey().key().id())
                    .add("secret", one.adminKey().secret());
        }

        @Override
        void after(CreatedTenant one) {
            run.say("this secret is shown once. It goes into \"key\" of the configuration file of the tenant's admin.");
        }
    }

    @Command(
            name = "quotas",
            header = "Show or change how much a tenant may have; for the operator.",
            description = {
                "What is named is changed: a number, or none. What is there already stays when a quota is set below",
                "it. The quota of sessions is for those live at once, and each edge counts its own."
            },
            footer = {"", "Example:", "  sally admin tenants quotas ten_… --users 50 --sessions none"})
    static final class Quotas extends One<Settings.Quotas> {

        @Parameters(paramLabel = "TENANT", description = "The tenant's id.")
        private String tenant = "";

        @Option(names = "--users", paramLabel = "N", description = "Users.")
        private @Nullable String users;

        @Option(names = "--agents", paramLabel = "N", description = "Agents.")
        private @Nullable String agents;

        @Option(names = "--connections", paramLabel = "N", description = "Connections.")
        private @Nullable String connections;

        @Option(names = "--rules", paramLabel = "N", description = "Access rules.")
        private @Nullable String rules;

        @Option(names = "--keys", paramLabel = "N", description = "API keys.")
        private @Nullable String keys;

        @Option(names = "--sessions", paramLabel = "N", description = "Sessions at once, on each edge.")
        private @Nullable String sessions;

        Quotas(Run run) {
            super(run);
        }

        @Override
        Settings.Quotas one() throws Exception {
            var now = client().quotas(tenant);
            if (Stream.of(users, agents, connections, rules, keys, sessions).allMatch(Objects::isNull)) {
                return now;
            }
            return client().setQuotas(
                            tenant,
                            new Settings.QuotasWrite(
                                    quota(users, now.users()),
                                    quota(agents, now.agents()),
                                    quota(connections, now.connections()),
                                    quota(rules, now.rules()),
                                    quota(keys, now.keys()),
                                    quota(sessions, now.sessions())));
        }

        private static @Nullable Long quota(@Nullable String said, @Nullable Integer now) throws Failure {
            if (said == null) {
                return now == null ? null : Long.valueOf(now);
            }
            if (said.equals("none")) {
                return null;
            }
            try {
                return Long.valueOf(said);
            } catch (NumberFormatException e) {
                throw Failure.usage("a quota is a number, or none.");
            }
        }

        @Override
        Facts facts(Settings.Quotas one) {
            return SettingsCommands.quotas(new Facts(), one);
        }
    }
}
