package dev.sallyport.agent.process;

import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.session.Pty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Runs programs for sessions. One per agent.
public final class Programs implements AutoCloseable {

    private final Account own;
    private volatile Set<String> allowed;
    private final Enclosures enclosures;

    private Programs(Account own, Set<String> allowed, Enclosures enclosures) {
        this.own = own;
        this.allowed = Set.copyOf(allowed);
        this.enclosures = enclosures;
    }

    /// Why programs cannot be run here; empty when they can.
    public static Optional<String> problem() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("programs are run on Linux only");
        }
        if (Spawner.setpriv().isEmpty()) {
            return Optional.of("there is no setpriv on this machine (package util-linux)");
        }
        try {
            Posix.close(Posix.processDescriptor((int) ProcessHandle.current().pid()));
        } catch (LinkageError e) {
            return Optional.of("this machine's C library is too old: glibc 2.34 or later is needed");
        } catch (IOException e) {
            return Optional.of("this machine's kernel is too old, or hides pidfd_open: Linux 5.3 or later is needed");
        }
        return Optional.empty();
    }

    /// Gets ready: hides this process from those it starts, and ends what a former run left.
    ///
    /// @param state the agent's folder
    /// @param allowed the accounts that programs may run as; none: any but root
    public static Programs open(Path state, Set<String> allowed) throws IOException {
        Posix.hideThisProcess();
        var own = Account.own();
        return new Programs(own, allowed, Enclosures.find(state, own));
    }

    /// Once no program runs any longer.
    @Override
    public void close() {
        enclosures.close();
    }

    /// Whether this process may take on other accounts.
    public static boolean startedAsRoot() {
        return Posix.effectiveUser() == 0;
    }

    /// The name of the account that this process has.
    public static String ownAccount() throws IOException {
        return Account.own().name();
    }

    /// Sends a signal to a process.
    public static void signal(long process, int number) {
        Posix.kill((int) process, number);
    }

    /// Whether this machine knows an account of this name.
    public static boolean knows(String account) throws IOException {
        return Account.named(account).isPresent();
    }

    /// Whether programs run under accounts of their own.
    public boolean changesAccount() {
        return own.isRoot();
    }

    /// Programs begin as these accounts from now on; none: any but root. What runs goes on.
    public void allow(Set<String> accounts) {
        allowed = Set.copyOf(accounts);
    }

    /// How descendants are held, in one sentence.
    public String sentence() {
        return enclosures.sentence();
    }

    /// What to run.
    ///
    /// @param runAs the account; none: the agent's own
    /// @param arguments the program first
    /// @param directory where; none: the account's home
    /// @param pty a terminal, or none: stdin, stdout and stderr apart
    public record Program(
            SessionId session,
            Optional<String> runAs,
            List<byte[]> arguments,
            Map<String, String> environment,
            Optional<String> directory,
            Optional<Pty> pty) {}

    /// What an account's programs find in their environment.
    public record Home(String user, String home, String shell, int uid, int gid) {}

    /// The account that a connection's programs run as.
    ///
    /// @throws NotOpened when it is not there, or is not to be used
    public Home account(Optional<String> runAs) throws NotOpened {
        var account = runsAs(runAs);
        return new Home(account.name(), account.home(), account.shell(), account.uid(), account.gid());
    }

    private Account runsAs(Optional<String> runAs) throws NotOpened {
        try {
            if (!own.isRoot()) {
                if (runAs.isPresent() && !runAs.get().equals(own.name())) {
                    throw NotOpened.refused(
                            "this connection runs as another account, which its agent cannot take on: it"
                                    + " was started without root");
                }
                return own;
            }
            if (runAs.isEmpty()) {
                throw NotOpened.refused(
                        "this connection names no account to run as, and its agent runs nothing as root");
            }
            var accounts = allowed;
            if (!accounts.isEmpty() && !accounts.contains(runAs.get())) {
                throw NotOpened.refused("this connection runs as an account that its agent's operator did not allow");
            }
            var account = Account.named(runAs.get());
            if (account.isEmpty()) {
                throw NotOpened.target("the account that this connection runs as is not on the agent's machine");
            }
            if (account.get().isRoot() || account.get().groups().contains(0)) {
                throw NotOpened.refused("this connection runs as root, which its agent does not allow");
            }
            return account.get();
        } catch (IOException e) {
            throw NotOpened.internal("the agent could not look up the account that this connection runs as", e);
        }
    }

    /// Starts a program.
    ///
    /// @param cleanUp done once when everything that it started is gone, or when it could not be started
    /// @throws NotOpened when it was not started
    public Target run(Program program, Runnable cleanUp) throws NotOpened, InterruptedException {
        Enclosure enclosure;
        Account account;
        try {
            account = runsAs(program.runAs());
            enclosure = enclosures.next(program.session());
        } catch (IOException e) {
            cleanUp.run();
            throw NotOpened.internal("the agent could not make room for the program", e);
        } catch (NotOpened e) {
            cleanUp.run();
            throw e;
        }
        var start = new Spawner.Start(account, program.arguments(), program.environment(), program.directory());
        try {
            return ProgramTarget.of(
                    program.pty().isPresent()
                            ? inTerminal(start, enclosure, program.pty().get())
                            : piped(start, enclosure),
                    cleanUp);
        } catch (IOException | RuntimeException e) {
            abandon(enclosure, cleanUp);
            throw NotOpened.internal("the agent could not start the program", e);
        } catch (Spawner.NotStarted e) {
            abandon(enclosure, cleanUp);
            throw notStarted(e);
        } catch (InterruptedException e) {
            abandon(enclosure, cleanUp);
            throw e;
        }
    }

    /// Looks whether an account may run a program, as the account, and runs it not: only a shell of the machine's
    /// looks, see [Spawner#look].
    ///
    /// @param test a session of nobody's, by which the processes are known
    /// @param arguments the program first
    /// @param path where a program without a folder is looked for
    /// @param directory where it would be started; none: the account's home
    /// @throws NotOpened when it may not, or there is none
    void look(SessionId test, Optional<String> runAs, List<byte[]> arguments, String path, Optional<String> directory)
            throws NotOpened, InterruptedException {
        var account = runsAs(runAs);
        var start = new Spawner.Start(account, arguments.subList(0, 1), Map.of("PATH", path), directory);
        try {
            var enclosure = enclosures.next(test);
            try {
                Spawner.look(start, enclosure);
            } finally {
                abandon(enclosure, () -> {});
            }
        } catch (IOException e) {
            throw NotOpened.internal("the agent could not look for the program", e);
        } catch (Spawner.NotStarted e) {
            throw e.why() == Spawner.NotStarted.Why.PROGRAM
                    ? NotOpened.target("the connection's program is not on the agent's machine, or its account may not"
                            + " run it")
                    : notStarted(e);
        }
    }

    private static NotOpened notStarted(Spawner.NotStarted e) {
        return switch (e.why()) {
            case DIRECTORY ->
                NotOpened.target("the connection's working directory is not there, or not for its account");
            case PROGRAM -> NotOpened.target("the connection's program is not on the agent's machine");
            case MACHINE -> NotOpened.internal("the agent could not start the program under its account", e);
        };
    }

    private static void abandon(Enclosure enclosure, Runnable cleanUp) {
        enclosure.kill();
        enclosure.close();
        cleanUp.run();
    }

    private static ProgramTarget.Made piped(Spawner.Start start, Enclosure enclosure)
            throws Spawner.NotStarted, IOException, InterruptedException {
        var theirs = new ArrayList<Integer>();
        var ours = new ArrayList<Descriptor>();
        try {
            var input = Posix.pipe();
            theirs.add(input.readEnd());
            ours.add(Descriptor.writing(nonBlocking(input.writeEnd())));
            for (int i = 0; i < 2; i++) {
                var output = Posix.pipe();
                theirs.add(output.writeEnd());
                ours.add(Descriptor.reading(nonBlocking(output.readEnd())));
            }
            var given = new ArrayList<Posix.Given>();
            for (int end : theirs) {
                // /dev/stdin and its like are opened by the account
                Posix.changeOwner(end, start.account().uid(), start.account().gid());
                given.add(new Posix.Given.Ours(end));
            }
            int pid = Spawner.start(start, enclosure, given);
            return new ProgramTarget.Made(
                    Child.of(pid), enclosure, ours.get(0), ours.get(1), Optional.of(ours.get(2)), Optional.empty());
        } catch (IOException | Spawner.NotStarted | InterruptedException | RuntimeException e) {
            ours.forEach(Descriptor::close);
            throw e;
        } finally {
            theirs.forEach(Posix::close);
        }
    }

    private static ProgramTarget.Made inTerminal(Spawner.Start start, Enclosure enclosure, Pty pty)
            throws Spawner.NotStarted, IOException, InterruptedException {
        var terminal = Posix.openTerminal();
        var ours = new ArrayList<Descriptor>();
        try {
            int second = Posix.duplicate(terminal.master());
            ours.add(Descriptor.reading(terminal.master()));
            ours.add(Descriptor.writing(second));
            var settings = new TerminalSettings(Posix.terminalSettings(terminal.master())).with(pty.modes());
            Posix.terminalSettings(terminal.master(), settings.bytes());
            Posix.windowSize(terminal.master(), pty.columns(), pty.rows(), pty.widthPixels(), pty.heightPixels());
            Posix.changeOwner(
                    terminal.path(), start.account().uid(), start.account().gid());
            var opened = new Posix.Given.Opened(terminal.path());
            int pid = Spawner.start(start, enclosure, List.of(opened, opened, opened));
            return new ProgramTarget.Made(
                    Child.of(pid), enclosure, ours.get(1), ours.get(0), Optional.empty(), Optional.of(ours.get(0)));
        } catch (IOException | Spawner.NotStarted | InterruptedException | RuntimeException e) {
            ours.forEach(Descriptor::close);
            throw e;
        }
    }

    private static int nonBlocking(int fd) throws IOException {
        Posix.nonBlocking(fd);
        return fd;
    }
}
