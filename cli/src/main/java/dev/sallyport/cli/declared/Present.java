package dev.sallyport.cli.declared;

import dev.sallyport.api.Agents.Agent;
import dev.sallyport.api.Connections.Connection;
import dev.sallyport.api.Groups.Group;
import dev.sallyport.api.Guardrails.Guardrail;
import dev.sallyport.api.MaskingRules.MaskingRule;
import dev.sallyport.api.Me;
import dev.sallyport.api.Refused;
import dev.sallyport.api.Rules.Rule;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.api.ServiceAccounts.ServiceAccount;
import dev.sallyport.api.SshServer;
import dev.sallyport.api.Users.User;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Pages;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What there is, as far as a declaration speaks of it; of the rest the lists are empty.
record Present(
        Me me,
        List<Agent> agents,
        List<Group> groups,
        List<User> users,
        List<ServiceAccount> serviceAccounts,
        List<Connection> connections,
        List<Rule> rules,
        List<Guardrail> guardrails,
        List<MaskingRule> maskingRules,
        Optional<SshServer.Configuration> door) {

    /// Asks the API.
    ///
    /// @throws Failure where there is more than can be compared: what is not seen would be made a second time
    static Present of(SallyportClient client, Declaration declared) throws IOException, Refused, Failure {
        boolean connections = declared.connections.named() || declared.agents.named();
        boolean groups = declared.groups.named()
                || declared.users.named()
                || declared.rules.named()
                || declared.guardrails.named()
                || declared.maskingRules.named();
        List<Rule> rules = all(declared.rules.named(), "rules", cursor -> {
            var page = client.rules(cursor);
            return new Pages.One<>(page.items(), page.next());
        });
        boolean users = declared.users.named()
                || declared.rules.all().stream().anyMatch(rule -> rule.write().users() != null)
                || rules.stream().anyMatch(rule -> !rule.users().isEmpty());
        boolean accounts =
                declared.rules.all().stream().anyMatch(rule -> rule.write().serviceAccounts() != null)
                        || rules.stream()
                                .anyMatch(rule -> rule.serviceAccounts() != null
                                        && !rule.serviceAccounts().isEmpty());
        return new Present(
                client.me(),
                all(connections, "agents", cursor -> {
                    var page = client.agents(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                all(groups, "groups", cursor -> {
                    var page = client.groups(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                all(users, "users", cursor -> {
                    var page = client.users(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                all(accounts, "service accounts", cursor -> {
                    var page = client.serviceAccounts(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                all(connections, "connections", cursor -> {
                    var page = client.connections(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                rules,
                all(declared.guardrails.named(), "guardrails", cursor -> {
                    var page = client.guardrails(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                all(declared.maskingRules.named(), "masking rules", cursor -> {
                    var page = client.maskingRules(cursor);
                    return new Pages.One<>(page.items(), page.next());
                }),
                declared.door.isPresent() ? Optional.of(client.sshServer()) : Optional.empty());
    }

    private static <T> List<T> all(boolean wanted, String noun, Pages.Source<T> source)
            throws IOException, Refused, Failure {
        if (!wanted) {
            return List.of();
        }
        var all = Pages.first(Pages.MOST + 1, source);
        if (all.size() > Pages.MOST) {
            throw Failure.failed("there are more than " + Pages.MOST + " " + noun
                    + "; apply compares no more. Leave them out of the files, or use the API.");
        }
        return all;
    }
}
