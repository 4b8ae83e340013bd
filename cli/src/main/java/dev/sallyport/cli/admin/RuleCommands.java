package dev.sallyport.cli.admin;

import dev.sallyport.api.Refused;
import dev.sallyport.api.Rules.Page;
import dev.sallyport.api.Rules.Rule;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.api.Rules.Window;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin rules`.
final class RuleCommands {

    private RuleCommands() {}

    static Facts facts(Rule rule) {
        return new Facts()
                .add("rule", rule.id())
                .add("name", rule.name())
                .add("effect", rule.effect())
                .add("groups", rule.groups())
                .add("users", rule.users())
                .add("service accounts", rule.serviceAccounts())
                .add("connections", rule.connections())
                .add("tags", tags(rule.tags()))
                .add("modes", rule.modes())
                .add("from networks", rule.sourceNetworks())
                .add(
                        "in windows",
                        rule.timeWindows().stream().map(Windows::text).toList())
                .add("version", Long.toString(rule.version()));
    }

    static String tags(Map<String, String> tags) {
        var pairs = new ArrayList<String>();
        new TreeMap<>(tags).forEach((name, value) -> pairs.add(name + "=" + value));
        return String.join(" ", pairs);
    }

    /// What a rule says.
    static final class What {

        @Option(names = "--effect", paramLabel = "EFFECT", description = "allow (the default) or deny; deny wins.")
        private @Nullable String effect;

        @Option(names = "--group", paramLabel = "GROUP", description = "For this group; may be given several times.")
        private @Nullable List<String> groups;

        @Option(names = "--user", paramLabel = "USER", description = "For this user: id or e-mail address.")
        private @Nullable List<String> users;

        @Option(
                names = "--service-account",
                paramLabel = "ACCOUNT",
                description = "For this service account: id or name.")
        private @Nullable List<String> serviceAccounts;

        @Option(
                names = "--connection",
                paramLabel = "NAME",
                description = "These connections; * stands for any run of characters.")
        private @Nullable List<String> connections;

        @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "Connections with this tag.")
        private @Nullable Map<String, String> tags;

        @Option(names = "--mode", paramLabel = "MODE", description = "connect or exec. Default: both.")
        private @Nullable List<String> modes;

        @Option(
                names = "--from-network",
                paramLabel = "NETWORK",
                description = "It counts from there, such as 192.0.2.0/24; may be given several times. Default:"
                        + " everywhere. '' takes all away.")
        private @Nullable List<String> networks;

        @Option(
                names = "--window",
                paramLabel = "WINDOW",
                description = "It counts then, as in 'mon-fri 09:00-18:00 Europe/Berlin'; may be given several times."
                        + " Default: always. '' takes all away.")
        private @Nullable List<String> windows;

        @Nullable
        List<String> networks() {
            return networks == null ? null : given(networks);
        }

        @Nullable
        List<Window> windows() throws Failure {
            return windows == null ? null : Windows.read(given(windows));
        }

        private static List<String> given(List<String> texts) {
            return texts.stream().filter(text -> !text.isBlank()).toList();
        }

        boolean isEmpty() {
            return effect == null
                    && groups == null
                    && users == null
                    && serviceAccounts == null
                    && connections == null
                    && tags == null
                    && modes == null
                    && networks == null
                    && windows == null;
        }
    }

    @Command(name = "ls", header = "List access rules.")
    static final class Ls extends Listing<Rule> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Rule> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.rules(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Rule> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Rule> items) {
            var table = new Table("RULE", "NAME", "EFFECT", "FOR", "CONNECTIONS", "MODES", "ONLY");
            for (var rule : items) {
                var who = new ArrayList<>(rule.groups());
                who.addAll(rule.users());
                who.addAll(rule.serviceAccounts());
                var what = new ArrayList<>(rule.connections());
                if (!rule.tags().isEmpty()) {
                    what.add(tags(rule.tags()));
                }
                table.row(
                        rule.id(),
                        rule.name(),
                        rule.effect(),
                        String.join(",", who),
                        String.join(",", what),
                        String.join(",", rule.modes()),
                        only(rule));
            }
            return table;
        }

        private static String only(Rule rule) {
            var only = new ArrayList<>(rule.sourceNetworks());
            rule.timeWindows().forEach(window -> only.add(Windows.text(window)));
            return String.join("; ", only);
        }

        @Override
        String nothing() {
            return "there is no rule, so nobody may use anything. Make one with"
                    + "  sally admin rules create NAME --group GROUP --connection NAME.";
        }
    }

    @Command(name = "show", header = "Show an access rule.")
    static final class Show extends One<Rule> {

        @Parameters(paramLabel = "RULE", description = "The id.")
        private String rule = "";

        Show(Run run) {
            super(run);
        }

        @Override
        Rule one() throws Exception {
            return client().rule(rule);
        }

        @Override
        Facts facts(Rule one) {
            return RuleCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Create an access rule. It counts at once, on live sessions as well.",
            footer = {
                "",
                "Examples:",
                "  sally admin rules create 'engineers use staging' --group engineers --connection 'staging-*'",
                "  sally admin rules create 'bob: no commands' --effect deny --user bob@example.com"
                        + " --connection '*' --mode exec",
                "  sally admin rules create 'office hours' --group engineers --connection 'prod-*' \\",
                "    --window 'mon-fri 09:00-18:00 Europe/Berlin' --from-network 192.0.2.0/24"
            })
    static final class Create extends One<Rule> {

        @Parameters(paramLabel = "NAME", description = "What it is for, for people.")
        private String name = "";

        @Mixin
        private final What what = new What();

        Create(Run run) {
            super(run);
        }

        @Override
        Rule one() throws Exception {
            return client().createRule(new RuleWrite(
                    name,
                    what.effect == null ? "allow" : what.effect,
                    or(what.groups, List.of()),
                    or(what.users, List.of()),
                    what.serviceAccounts,
                    or(what.connections, List.of()),
                    or(what.tags, Map.of()),
                    or(what.modes, List.of("connect", "exec")),
                    what.networks(),
                    what.windows()));
        }

        @Override
        Facts facts(Rule one) {
            return RuleCommands.facts(one);
        }
    }

    @Command(
            name = "update",
            header = "Change an access rule; what is not named stays, a list that is named is replaced.",
            footer = {"", "Example:", "  sally admin rules update rul_… --connection 'staging-*' --connection bash"})
    static final class Update extends One<Rule> {

        @Parameters(paramLabel = "RULE", description = "The id.")
        private String rule = "";

        @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
        private @Nullable String name;

        @Mixin
        private final What what = new What();

        Update(Run run) {
            super(run);
        }

        @Override
        Rule one() throws Exception {
            if (name == null && what.isEmpty()) {
                throw Failure.usage("say what to change, as in --connection 'staging-*'.");
            }
            var now = client().rule(rule);
            return client().updateRule(
                            rule,
                            new RuleWrite(
                                    or(name, now.name()),
                                    or(what.effect, now.effect()),
                                    or(what.groups, now.groups()),
                                    or(what.users, now.users()),
                                    or(what.serviceAccounts, now.serviceAccounts()),
                                    or(what.connections, now.connections()),
                                    or(what.tags, now.tags()),
                                    or(what.modes, now.modes()),
                                    or(what.networks(), now.sourceNetworks()),
                                    or(what.windows(), now.timeWindows())));
        }

        @Override
        Facts facts(Rule one) {
            return RuleCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete access rules; what they allowed is allowed no longer.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteRule(name);
        }
    }

    static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
