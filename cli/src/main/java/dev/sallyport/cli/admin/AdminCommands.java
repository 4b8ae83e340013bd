package dev.sallyport.cli.admin;

import dev.sallyport.cli.run.Group;
import dev.sallyport.cli.run.Run;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import picocli.CommandLine;

/// `sally admin`.
public final class AdminCommands {

    private static final String HEADER = "What admins do: users, agents, connections, rules, the SSH door.";

    private AdminCommands() {}

    /// @param wanted whether a word is on the command line: the commands of a noun are described only then
    public static CommandLine group(Run run, Predicate<String> wanted) {
        if (!wanted.test("admin")) {
            return Group.of("admin", HEADER);
        }
        return Group.of(
                "admin",
                HEADER,
                noun(
                        wanted,
                        "users",
                        "Users: who may ask for sessions.",
                        () -> List.of(
                                new UserCommands.Ls(run),
                                new UserCommands.Show(run),
                                new UserCommands.Create(run),
                                new UserCommands.Update(run),
                                new UserCommands.Delete(run))),
                noun(
                        wanted,
                        "service-accounts",
                        "Service accounts: programs that may ask for sessions and call the API.",
                        () -> List.of(
                                new ServiceAccountCommands.Ls(run),
                                new ServiceAccountCommands.Show(run),
                                new ServiceAccountCommands.Create(run),
                                new ServiceAccountCommands.Update(run),
                                new ServiceAccountCommands.Delete(run))),
                noun(
                        wanted,
                        "groups",
                        "Groups: what access hangs on.",
                        () -> List.of(
                                new GroupCommands.Ls(run),
                                new GroupCommands.Show(run),
                                new GroupCommands.Create(run),
                                new GroupCommands.Delete(run))),
                noun(
                        wanted,
                        "agents",
                        "Agents: the programs that open targets.",
                        () -> List.of(
                                new AgentCommands.Ls(run),
                                new AgentCommands.Show(run),
                                new AgentCommands.Create(run),
                                new AgentCommands.Join(run),
                                new AgentCommands.RotateKey(run),
                                new AgentCommands.Revoke(run),
                                new AgentCommands.Delete(run))),
                noun(
                        wanted,
                        "connections",
                        "Connections: named ways to use a target.",
                        () -> List.of(
                                new ConnectionCommands.Ls(run),
                                new ConnectionCommands.Show(run),
                                new ConnectionCommands.Create(run),
                                new ConnectionCommands.Update(run),
                                new TestConnection(run),
                                new ConnectionCommands.Delete(run))),
                noun(
                        wanted,
                        "rules",
                        "Access rules: who may use what. No rule, no access.",
                        () -> List.of(
                                new RuleCommands.Ls(run),
                                new RuleCommands.Show(run),
                                new RuleCommands.Create(run),
                                new RuleCommands.Update(run),
                                new RuleCommands.Delete(run))),
                noun(
                        wanted,
                        "guardrails",
                        "Guardrails: what statements may do.",
                        () -> List.of(
                                new GuardrailCommands.Ls(run),
                                new GuardrailCommands.Show(run),
                                new GuardrailCommands.Create(run),
                                new GuardrailCommands.Update(run),
                                new GuardrailCommands.Delete(run))),
                noun(
                        wanted,
                        "masking",
                        "Masking rules: what of answers is not shown.",
                        () -> List.of(
                                new MaskingCommands.Ls(run),
                                new MaskingCommands.Show(run),
                                new MaskingCommands.Create(run),
                                new MaskingCommands.Update(run),
                                new MaskingCommands.Delete(run))),
                noun(
                        wanted,
                        "keys",
                        "API keys.",
                        () -> List.of(
                                new KeyCommands.Ls(run), new KeyCommands.Create(run), new KeyCommands.Delete(run))),
                noun(
                        wanted,
                        "sshserver",
                        "The SSH door: trusted CAs, who a certificate is, where it listens.",
                        () -> List.of(new SshServerCommands.Get(run), new SshServerCommands.ApplyIt(run))),
                noun(
                        wanted,
                        "cas",
                        "CAs whose certificates count, one by one.",
                        () -> List.of(
                                new CaCommands.Ls(run),
                                new CaCommands.Show(run),
                                new CaCommands.Add(run),
                                new CaCommands.Delete(run))),
                noun(
                        wanted,
                        "revocations",
                        "Certificates, keys and CAs that count no longer.",
                        () -> List.of(
                                new RevocationCommands.Ls(run),
                                new RevocationCommands.Create(run),
                                new RevocationCommands.Delete(run))),
                new AuditCommand(run),
                noun(
                        wanted,
                        "settings",
                        "The tenant's settings: how long recordings are kept.",
                        () -> List.of(new SettingsCommands.Show(run), new SettingsCommands.Update(run))),
                noun(
                        wanted,
                        "tenants",
                        "Tenants; for the operator of an instance.",
                        () -> List.of(
                                new TenantCommands.Ls(run),
                                new TenantCommands.Create(run),
                                new TenantCommands.Quotas(run))));
    }

    private static CommandLine noun(
            Predicate<String> wanted, String name, String header, Supplier<List<Object>> commands) {
        return wanted.test(name) ? Group.of(name, header, commands.get().toArray()) : Group.of(name, header);
    }
}
