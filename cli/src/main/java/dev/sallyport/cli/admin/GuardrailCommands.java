package dev.sallyport.cli.admin;

import static dev.sallyport.cli.admin.RuleCommands.or;

import dev.sallyport.api.Guardrails.Guardrail;
import dev.sallyport.api.Guardrails.GuardrailWrite;
import dev.sallyport.api.Guardrails.Page;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin guardrails`.
final class GuardrailCommands {

    private GuardrailCommands() {}

    static Facts facts(Guardrail guardrail) {
        return new Facts()
                .add("guardrail", guardrail.name())
                .add("id", guardrail.id())
                .add("description", guardrail.description())
                .add("connections", guardrail.connections())
                .add("tags", RuleCommands.tags(guardrail.tags()))
                .add("groups", guardrail.groups())
                .add("order", Integer.toString(guardrail.order()))
                .add("enabled", guardrail.enabled() ? "yes" : "no")
                .add("version", Long.toString(guardrail.version()))
                .add("rules", guardrail.rules().lines().toList());
    }

    @Command(name = "ls", header = "List guardrails, in the order in which they are asked.")
    static final class Ls extends Listing<Guardrail> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Guardrail> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.guardrails(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Guardrail> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Guardrail> items) {
            var table = new Table("GUARDRAIL", "ORDER", "ENABLED", "FOR", "DESCRIPTION");
            for (var one : items) {
                table.row(
                        one.name(),
                        Integer.toString(one.order()),
                        one.enabled() ? "yes" : "no",
                        Whom.text(one.connections(), one.tags(), one.groups()),
                        one.description());
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no guardrail. Make one with  sally admin guardrails create NAME --rules FILE.";
        }
    }

    @Command(name = "show", header = "Show a guardrail.")
    static final class Show extends One<Guardrail> {

        @Parameters(paramLabel = "GUARDRAIL", description = "The name or id.")
        private String guardrail = "";

        Show(Run run) {
            super(run);
        }

        @Override
        Guardrail one() throws Exception {
            return client().guardrail(guardrail);
        }

        @Override
        Facts facts(Guardrail one) {
            return GuardrailCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Create a guardrail. It counts for sessions that begin from now on.",
            footer = {
                "",
                "Examples:",
                "  sally guardrails test @rules.txt -f statements.sql",
                "  sally admin guardrails create no-drops --rules rules.txt --tag env=prod",
                "  sally admin guardrails create careful --rules careful.txt --connection 'shop-*' --group interns"
            })
    static final class Create extends One<Guardrail> {

        @Parameters(paramLabel = "NAME", description = "Small letters, digits and '-'.")
        private String name = "";

        @Option(names = "--rules", paramLabel = "FILE", required = true, description = "The rules.")
        private Path rules = Path.of("");

        @Option(names = "--disabled", description = "Keep it, and ask it nowhere yet.")
        private boolean disabled;

        @Mixin
        private final Whom whom = new Whom();

        Create(Run run) {
            super(run);
        }

        @Override
        Guardrail one() throws Exception {
            return client().createGuardrail(new GuardrailWrite(
                    name,
                    whom.description,
                    ShortFile.text(run, rules),
                    whom.connections(List.of()),
                    whom.tags(Map.of()),
                    whom.groups(List.of()),
                    whom.order,
                    !disabled));
        }

        @Override
        Facts facts(Guardrail one) {
            return GuardrailCommands.facts(one);
        }
    }

    @Command(
            name = "update",
            header = "Change a guardrail; what is not named stays, a list that is named is replaced.",
            footer = {"", "Example:", "  sally admin guardrails update no-drops --rules rules.txt --enabled no"})
    static final class Update extends One<Guardrail> {

        @Parameters(paramLabel = "GUARDRAIL", description = "The name or id.")
        private String guardrail = "";

        @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
        private @Nullable String name;

        @Option(names = "--rules", paramLabel = "FILE", description = "The new rules.")
        private @Nullable Path rules;

        @Option(names = "--enabled", paramLabel = "YES", description = "Whether it is asked: yes or no.")
        private @Nullable String enabled;

        @Mixin
        private final Whom whom = new Whom();

        Update(Run run) {
            super(run);
        }

        @Override
        Guardrail one() throws Exception {
            if (name == null && rules == null && enabled == null && whom.isEmpty()) {
                throw Failure.usage("say what to change, as in --rules rules.txt.");
            }
            var read = client().taggedGuardrail(guardrail);
            var now = read.value();
            var write = new GuardrailWrite(
                    or(name, now.name()),
                    or(whom.description, now.description()),
                    rules == null ? now.rules() : ShortFile.text(run, rules),
                    whom.connections(now.connections()),
                    whom.tags(now.tags()),
                    whom.groups(now.groups()),
                    or(whom.order, (long) now.order()),
                    enabled == null ? now.enabled() : yes(enabled));
            return client().updateGuardrail(now.id(), write, read.tag());
        }

        private static boolean yes(String text) throws Failure {
            return switch (text) {
                case "yes" -> true;
                case "no" -> false;
                default -> throw Failure.usage("--enabled is yes or no.");
            };
        }

        @Override
        Facts facts(Guardrail one) {
            return GuardrailCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete guardrails; sessions that begin from now on are not held against them.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteGuardrail(name);
        }
    }
}
