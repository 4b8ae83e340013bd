package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.ServiceAccounts.Page;
import dev.sallyport.api.ServiceAccounts.ServiceAccount;
import dev.sallyport.api.ServiceAccounts.ServiceAccountWrite;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin service-accounts`.
final class ServiceAccountCommands {

    private ServiceAccountCommands() {}

    static Facts facts(ServiceAccount account) {
        return new Facts()
                .add("service account", account.id())
                .add("name", account.name())
                .add("subject", account.subject())
                .add("groups", account.groups())
                .add("status", account.status())
                .add("version", Long.toString(account.version()));
    }

    @Command(name = "ls", header = "List service accounts.")
    static final class Ls extends Listing<ServiceAccount> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<ServiceAccount> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.serviceAccounts(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<ServiceAccount> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<ServiceAccount> items) {
            var table = new Table("SERVICE ACCOUNT", "NAME", "GROUPS", "STATUS");
            for (var account : items) {
                table.row(account.id(), account.name(), String.join(",", account.groups()), account.status());
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no service account yet. Make one with  sally admin service-accounts create NAME.";
        }
    }

    @Command(name = "show", header = "Show a service account.")
    static final class Show extends One<ServiceAccount> {

        @Parameters(paramLabel = "ACCOUNT", description = "Id or name.")
        private String account = "";

        Show(Run run) {
            super(run);
        }

        @Override
        ServiceAccount one() throws Exception {
            return client().serviceAccount(account);
        }

        @Override
        Facts facts(ServiceAccount one) {
            return ServiceAccountCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Create a service account.",
            footer = {"", "Example:", "  sally admin service-accounts create deploy-bot --group deployers"})
    static final class Create extends One<ServiceAccount> {

        @Parameters(paramLabel = "NAME", description = "Of a-z, 0-9, . and -; unique.")
        private String name = "";

        @Option(
                names = "--subject",
                paramLabel = "SUBJECT",
                description = "What certificates name it by, where they name subjects.")
        private @Nullable String subject;

        @Option(names = "--group", paramLabel = "GROUP", description = "A group; may be given several times.")
        private List<String> groups = new ArrayList<>();

        Create(Run run) {
            super(run);
        }

        @Override
        ServiceAccount one() throws Exception {
            return client().createServiceAccount(new ServiceAccountWrite(name, subject, groups, null));
        }

        @Override
        Facts facts(ServiceAccount one) {
            return ServiceAccountCommands.facts(one);
        }
    }

    @Command(
            name = "update",
            header = "Change a service account; what is not named stays.",
            description = "Its live sessions are judged again at once.",
            footer = {
                "",
                "Examples:",
                "  sally admin service-accounts update deploy-bot --add-group engineers",
                "  sally admin service-accounts update deploy-bot --status inactive"
            })
    static final class Update extends One<ServiceAccount> {

        @Parameters(paramLabel = "ACCOUNT", description = "Id or name.")
        private String account = "";

        @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
        private @Nullable String name;

        @Option(names = "--subject", paramLabel = "SUBJECT", description = "The new subject.")
        private @Nullable String subject;

        @Option(names = "--add-group", paramLabel = "GROUP", description = "Put it into this group.")
        private List<String> added = new ArrayList<>();

        @Option(names = "--remove-group", paramLabel = "GROUP", description = "Take it out of this group.")
        private List<String> removed = new ArrayList<>();

        @Option(names = "--status", paramLabel = "STATUS", description = "active or inactive.")
        private @Nullable String status;

        Update(Run run) {
            super(run);
        }

        @Override
        ServiceAccount one() throws Exception {
            if (name == null && subject == null && status == null && added.isEmpty() && removed.isEmpty()) {
                throw Failure.usage("say what to change, as in --add-group engineers.");
            }
            var now = client().serviceAccount(account);
            var groups = new LinkedHashSet<>(now.groups());
            groups.addAll(added);
            groups.removeAll(removed);
            return client().updateServiceAccount(
                            now.id(),
                            new ServiceAccountWrite(
                                    name == null ? now.name() : name,
                                    subject == null ? now.subject() : subject,
                                    List.copyOf(groups),
                                    status == null ? now.status() : status));
        }

        @Override
        Facts facts(ServiceAccount one) {
            return ServiceAccountCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete service accounts; their live sessions end.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteServiceAccount(name);
        }
    }
}
