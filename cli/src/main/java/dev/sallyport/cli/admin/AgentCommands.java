package dev.sallyport.cli.admin;

import dev.sallyport.api.Agents.Agent;
import dev.sallyport.api.Agents.KeyedAgent;
import dev.sallyport.api.Agents.NewAgent;
import dev.sallyport.api.Agents.Page;
import dev.sallyport.api.Refused;
import dev.sallyport.api.SallyportClient;
import dev.sallyport.cli.output.Facts;
import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.output.Table;
import dev.sallyport.cli.run.Pages;
import dev.sallyport.cli.run.Run;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sally admin agents`.
final class AgentCommands {

    private AgentCommands() {}

    static Facts facts(Agent agent) {
        return new Facts()
                .add("agent", agent.id())
                .add("name", agent.name())
                .add("status", agent.status())
                .add("attached", attached(agent))
                .add("keys that count", Integer.toString(agent.keys()))
                .add("can enforce", agent.capabilities())
                .add("sealing key", agent.sealingKey())
                .add("version", Long.toString(agent.version()));
    }

    private static String attached(Agent agent) {
        return switch (agent.instances()) {
            case 0 -> "no";
            case 1 -> "yes";
            default -> agent.instances() + " times";
        };
    }

    /// An agent and the key that is shown once.
    private abstract static class Keyed extends One<KeyedAgent> {
        Keyed(Run run) {
            super(run);
        }

        @Override
        Facts facts(KeyedAgent one) {
            var facts = AgentCommands.facts(one.agent()).add("key", one.key());
            var join = one.join();
            return join == null ? facts : facts.add("join", join.command());
        }

        @Override
        void after(KeyedAgent one) {
            var join = one.join();
            if (join != null) {
                run.say("run the line after \"join\" as root on the agent's machine. It is shown this once, and counts"
                        + " once, until " + Moment.local(join.until()) + ".");
                return;
            }
            run.say("this key is shown once. Start the agent with it in the variable SALLYPORT_KEY:"
                    + " SALLYPORT_KEY=… tools/agent --state FOLDER  in a checkout that is built.");
        }
    }

    @Command(name = "ls", header = "List agents.")
    static final class Ls extends Listing<Agent> {
        Ls(Run run) {
            super(run);
        }

        @Override
        Pages.One<Agent> page(SallyportClient client, @Nullable String cursor) throws IOException, Refused {
            var page = client.agents(cursor);
            return new Pages.One<>(page.items(), page.next());
        }

        @Override
        Object page(List<Agent> items) {
            return new Page(items, null);
        }

        @Override
        Table table(List<Agent> items) {
            var table = new Table("AGENT", "NAME", "STATUS", "ATTACHED", "KEYS");
            for (var agent : items) {
                table.row(agent.id(), agent.name(), agent.status(), attached(agent), Integer.toString(agent.keys()));
            }
            return table;
        }

        @Override
        String nothing() {
            return "there is no agent yet. Register one with  sally admin agents create NAME.";
        }
    }

    @Command(name = "show", header = "Show an agent.")
    static final class Show extends One<Agent> {

        @Parameters(paramLabel = "AGENT", description = "Id or name.")
        private String agent = "";

        Show(Run run) {
            super(run);
        }

        @Override
        Agent one() throws Exception {
            return client().agent(agent);
        }

        @Override
        Facts facts(Agent one) {
            return AgentCommands.facts(one);
        }
    }

    @Command(
            name = "create",
            header = "Register an agent, and show the one line to run on its machine.",
            description = "The line counts once and for an hour; with it the agent fetches its key itself.",
            footer = {"", "Example:", "  sally admin agents create office -o json | jq -r .join.command"})
    static final class Create extends Keyed {

        @Parameters(paramLabel = "NAME", description = "The name; unique.")
        private String name = "";

        @Option(names = "--key", description = "Show a key instead, which counts until it is rotated or revoked.")
        private boolean key;

        Create(Run run) {
            super(run);
        }

        @Override
        KeyedAgent one() throws Exception {
            return client().createAgent(new NewAgent(name, !key));
        }
    }

    @Command(
            name = "join",
            header = "Show a line with which an agent fetches a new key itself.",
            description = "It counts once and for an hour. When it is used, the key before counts for an hour more.")
    static final class Join extends Keyed {

        @Parameters(paramLabel = "AGENT", description = "Id or name.")
        private String agent = "";

        Join(Run run) {
            super(run);
        }

        @Override
        KeyedAgent one() throws Exception {
            return client().joinAgent(agent);
        }
    }

    @Command(
            name = "rotate-key",
            header = "Give an agent a new key; the one before counts for an hour more.",
            description = "An agent whose keys were revoked counts again.")
    static final class RotateKey extends Keyed {

        @Parameters(paramLabel = "AGENT", description = "Id or name.")
        private String agent = "";

        RotateKey(Run run) {
            super(run);
        }

        @Override
        KeyedAgent one() throws Exception {
            return client().rotateAgentKey(agent);
        }
    }

    @Command(name = "revoke", header = "Take all keys of an agent out of use: it is detached, and its sessions end.")
    static final class Revoke extends One<Agent> {

        @Parameters(paramLabel = "AGENT", description = "Id or name.")
        private String agent = "";

        Revoke(Run run) {
            super(run);
        }

        @Override
        Agent one() throws Exception {
            return client().revokeAgent(agent);
        }

        @Override
        Facts facts(Agent one) {
            return AgentCommands.facts(one);
        }
    }

    @Command(name = "delete", header = "Delete agents that no connection uses any longer.")
    static final class Delete extends Removal {
        Delete(Run run) {
            super(run);
        }

        @Override
        void remove(SallyportClient client, String name) throws IOException, Refused {
            client.deleteAgent(name);
        }
    }
}
