package dev.sallyport.cli.admin;

import static dev.sallyport.cli.admin.RuleCommands.or;

import dev.sallyport.api.MaskingRules.MaskingRule;
import dev.sallyport.api.MaskingRules.MaskingRuleWrite;
import dev.sallyport.api.MaskingRules.Page;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin masking`.
final class MaskingCommands {

    private MaskingCommands() {}

    static Facts facts(MaskingRule rule) {
        return new Facts()
                .add("masking rule", rule.name())
                .add("id", rule.id())
                .add("description", rule.description())
                .add("masks", rule.masks())
                .add("strategy", rule.strategy())
                .add("connections", rule.connections())
                .add("tags", RuleCommands.tags(rule.tags()))
                .add("groups", rule.groups())
                .add("order", Integer.toString(rule.order()))
                .add("version", Long.toString(rule.version()));
    }

    @Command(name = "ls", header = "List masking rules, in the order in which they count.")
    static final class Ls extends Listing<MaskingRule> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<MaskingRule> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.maskingRules(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<MaskingRule> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<MaskingRule> items) {
            var table = new Table("RULE", "ORDER", "STRATEGY", "MASKS", "FOR");
            for (var one : items) {
                table.row(
                        one.name(),
                        Integer.toString(one.order()),
                        one.strategy(),
                        String.join(", ", one.masks()),
                        Whom.text(one.connections(), one.tags(), one.groups()));
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no masking rule; what is masked without one stands in docs/masking.md. Make one with"
                    + "  sally admin masking create NAME --mask 'type email' --strategy redact.";
        }
    }

    @Command(name = "show", header = "Show a masking rule.")
    static final class Show extends One<MaskingRule> {

        @Parameters(paramLabel = "RULE", description = "The name or id.")
        private String rule = "";

        Show(Run run) {
            super(run);
        }

        @Override
        MaskingRule one() throws Exception {
            return client().maskingRule(rule);
        }

        @Override
        Facts facts(MaskingRule one) {
            return MaskingCommands.facts(one);
        }
    }

    private static final String MASK = "What is masked: 'type email', 'class credential', 'column customers.email',"
            + " 'pattern EMP-[0-9]+'; may be given several times.";
    private static final String STRATEGY =
            "redact, partial N, hash, 'token invalid', 'token valid', null, truncate N, or show.";

    @Command(
            name = "create",
            header = "Create a masking rule. It counts for sessions that begin from now on.",
            footer = {
                "",
                "Examples:",
                "  sally admin masking create 'staff numbers' --mask 'pattern EMP-[0-9]+' --strategy hash",
                "  sally admin masking create 'support sees e-mail' --mask 'type email' --strategy show"
                        + " --group support --order 1"
            })
    static final class Create extends One<MaskingRule> {

        @Parameters(paramLabel = "NAME", description = "What redacted values are called, too.")
        private String name = "";

        @Option(names = "--mask", paramLabel = "WHAT", required = true, description = MASK)
        private List<String> masks = List.of();

        @Option(names = "--strategy", paramLabel = "STRATEGY", required = true, description = STRATEGY)
        private String strategy = "";

        @Mixin
        private final Whom whom = new Whom();

        Create(Run run) {
            super(run);
        }

        @Override
        MaskingRule one() throws Exception {
            return client().createMaskingRule(new MaskingRuleWrite(
                    name,
                    whom.description,
                    masks,
                    strategy,
                    whom.connections(List.of()),
                    whom.tags(Map.of()),
                    whom.groups(List.of()),
                    whom.order));
        }

        @Override
        Facts facts(MaskingRule one) {
            return MaskingCommands.facts(one);
        }
    }

    @Command(
            name = "update",
            header = "Change a masking rule; what is not named stays, a list that is named is replaced.",
            footer = {"", "Example:", "  sally admin masking update 'staff numbers' --strategy 'partial 2'"})
    static final class Update extends One<MaskingRule> {

        @Parameters(paramLabel = "RULE", description = "The name or id.")
        private String rule = "";

        @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
        private @Nullable String name;

        @Option(names = "--mask", paramLabel = "WHAT", description = MASK)
        private @Nullable List<String> masks;

        @Option(names = "--strategy", paramLabel = "STRATEGY", description = STRATEGY)
        private @Nullable String strategy;

        @Mixin
        private final Whom whom = new Whom();

        Update(Run run) {
            super(run);
        }

        @Override
        MaskingRule one() throws Exception {
            if (name == null && masks == null && strategy == null && whom.isEmpty()) {
                throw Failure.usage("say what to change, as in --strategy hash.");
            }
            var read = client().taggedMaskingRule(rule);
            var now = read.value();
            var write = new MaskingRuleWrite(
                    or(name, now.name()),
                    or(whom.description, now.description()),
                    or(masks, now.masks()),
                    or(strategy, now.strategy()),
                    whom.connections(now.connections()),
                    whom.tags(now.tags()),
                    whom.groups(now.groups()),
                    or(whom.order, (long) now.order()));
            return client().updateMaskingRule(now.id(), write, read.tag());
        }

        @Override
        Facts facts(MaskingRule one) {
            return MaskingCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete masking rules; sessions that begin from now on are masked without them.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteMaskingRule(name);
        }
    }
}
