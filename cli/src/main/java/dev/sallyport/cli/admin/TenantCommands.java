package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.Tenants.CreatedTenant;
import dev.sallyport.api.Tenants.NewTenant;
import dev.sallyport.api.Tenants.Page;
import dev.sallyport.api.Tenants.Tenant;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
}
