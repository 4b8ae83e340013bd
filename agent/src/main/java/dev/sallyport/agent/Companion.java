package dev.sallyport.agent;

import dev.sallyport.agent.process.Programs;
import dev.sallyport.core.agent.AgentKey;
import dev.sallyport.core.agent.JoinLine;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An agent beside a command, for one connection, as long as the command runs.
///
/// The command has this process's input, output and errors; SIGTERM, SIGHUP and SIGINT are passed on to it, and its
/// exit
/// status is this program's. Its environment is this process's without what is the agent's own secret. When it has
/// ended
/// the agent takes no more sessions, waits for those that live, and ends, too; a signal cuts that short. The agent
/// never
/// ends the command, whether it can attach or not.
///
/// The connection's programs run as the agent itself does, and so as the command does; only an agent that was started
/// as
/// root asks that the connection names an account, and runs nothing as root.
final class Companion {

    private static final Logger LOG = LoggerFactory.getLogger(Companion.class);

    /// What a shell answers for a command that it could not start.
    private static final int NOT_STARTED = 127;

    private static final Map<String, Integer> PASSED = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private final Thread waits = Thread.currentThread();
    private Optional<Process> command = Optional.empty();
    private boolean over;

    private Companion() {}

    /// Runs the command to its end, and the agent with it.
    ///
    /// @return the command's exit status; 128 and the signal when one ended it, as shells say it
    static int run(
            AgentSettings settings,
            List<String> command,
            Map<String, String> environment,
            Duration drain,
            PrintStream err)
            throws IOException, InterruptedException {
        var companion = new Companion();
        try (var agent = Agent.start(settings)) {
            LOG.info(
                    "beside {}: this agent opens the connection {} only, until the command ends; {}",
                    command.getFirst(),
                    settings.only().orElseThrow(),
                    Programs.startedAsRoot()
                            ? "it was started as root, so the connection's programs run as the account that it names,"
                                    + " never as root"
                            : "the connection's programs run as " + Programs.ownAccount()
                                    + ", as the agent and the command do");
            PASSED.forEach((name, number) -> Signals.on(name, () -> companion.heard(name, number)));
            int status;
            try {
                status = companion.start(command, environment).waitFor();
            } catch (IOException e) {
                err.println("sallyport-agent: " + command.getFirst() + " cannot be started: " + e.getMessage());
                return NOT_STARTED;
            }
            LOG.info("{} has ended with {}; sessions have {} s", command.getFirst(), status, drain.toSeconds());
            companion.drain(agent, drain);
            return status;
        }
    }

    private synchronized Process start(List<String> words, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(words).inheritIO();
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().keySet().removeAll(List.of(AgentKey.VARIABLE, JoinLine.VARIABLE));
        var started = builder.start();
        command = Optional.of(started);
        return started;
    }

    private void drain(Agent agent, Duration drain) {
        synchronized (this) {
            over = true;
        }
        try {
            var _ = agent.drain(drain);
        } catch (InterruptedException e) {
            LOG.info("sessions are ended now");
        }
    }

    private synchronized void heard(String name, int number) {
        if (over) {
            waits.interrupt();
        } else if (command.isPresent() && command.get().isAlive()) {
            // who types Ctrl-C sends it to the command, too
            if (!(name.equals("INT") && atTerminal())) {
                Programs.signal(command.get().pid(), number);
            }
        }
    }

    private static boolean atTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
