package dev.sallyport.agent;

import dev.sallyport.agent.database.DatabaseTargets;
import dev.sallyport.agent.database.Inspections;
import dev.sallyport.agent.link.AgentLink;
import dev.sallyport.agent.process.CustomTargets;
import dev.sallyport.agent.process.Programs;
import dev.sallyport.agent.process.SecretFiles;
import dev.sallyport.agent.secrets.MaskingKey;
import dev.sallyport.agent.secrets.SealingKey;
import dev.sallyport.agent.secrets.Secrets;
import dev.sallyport.agent.session.SeenVersions;
import dev.sallyport.agent.session.SessionHost;
import dev.sallyport.agent.session.TargetsByType;
import dev.sallyport.agent.session.TestHost;
import dev.sallyport.agent.ssh.SshTargets;
import dev.sallyport.agent.tail.Tails;
import dev.sallyport.core.connection.ConnectionTest;
import dev.sallyport.core.id.AgentInstanceId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent, whole: dials its edge and serves sessions, until it is closed.
public final class Agent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    /// What an agent says at attach that runs beside a command, for one connection.
    private static final String BESIDE = "embedded";

    /// How long sessions may take to end when the agent is closed.
    private static final Duration CLOSING = Duration.ofSeconds(10);

    /// How long an edge may take to answer that it begins nothing more here: while draining, and when that is over.
    private static final Duration GOODBYE = Duration.ofSeconds(10);

    private static final Duration LAST_GOODBYE = Duration.ofSeconds(3);

    private final FileChannel lock;
    private final Secrets secrets;
    private final Optional<Programs> programs;
    private final Optional<SecretFiles> files;
    private final SshTargets ssh;
    private final SessionHost sessions;
    private final AgentLink link;
    private final Optional<Health> health;

    private Agent(
            FileChannel lock,
            Secrets secrets,
            Optional<Programs> programs,
            Optional<SecretFiles> files,
            SshTargets ssh,
            SessionHost sessions,
            AgentLink link,
            Optional<Health> health) {
        this.lock = lock;
        this.secrets = secrets;
        this.programs = programs;
        this.files = files;
        this.ssh = ssh;
        this.sessions = sessions;
        this.link = link;
        this.health = health;
    }

    /// Starts an agent; it dials in the background.
    ///
    /// @throws IOException when its folder cannot be used, or another agent uses it
    public static Agent start(AgentSettings settings) throws IOException {
        var state = settings.state();
        folder(state);
        var lock = lock(state);
        try {
            return start(settings, state, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /// Makes the agent's folder where it is not there, for its account only.
    static void folder(Path state) throws IOException {
        Files.createDirectories(state);
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    }

    private static Agent start(AgentSettings settings, Path state, FileChannel lock) throws IOException {
        var clock = Clock.systemUTC();
        var token = settings.key().token();
        var sealing = SealingKey.open(state);
        var secrets = new Secrets(settings.environment(), settings.secretFolders(), Optional.of(sealing::open));
        var programs = programs(settings);
        var files = programs.isPresent()
                ? Optional.of(SecretFiles.open("sallyport-" + token.agent()))
                : Optional.<SecretFiles>empty();
        var tails = Tails.open(state.resolve("tails"), sealing::seal, sealing::open, clock, settings.tails());
        var ssh = new SshTargets(secrets);
        var capabilities = capabilities(
                settings.types(),
                programs.isPresent(),
                programs.map(Programs::changesAccount).orElse(false));
        settings.only().ifPresent(connection -> capabilities.add(BESIDE));
        var custom = programs.flatMap(running -> files.map(folder -> new CustomTargets(running, folder, secrets)));
        var targets = new TargetsByType(
                settings.types(),
                custom,
                ssh,
                new DatabaseTargets(secrets, new Inspections(MaskingKey.open(state)), token.tenantKey(), clock));
        var versions = new SeenVersions(state);
        var dialled = new AtomicReference<>(Optional.<AgentLink>empty());
        var sessions = new SessionHost(
                token,
                settings.only(),
                versions,
                targets,
                tails,
                text -> dialled.get().ifPresent(link -> link.notice(text)),
                clock);
        var tests = new TestHost(token, settings.only(), versions, targets, clock);
        LOG.info("agent {} opens {}; secrets from {}", token.name(), capabilities, settings.secretFolders());
        var link = AgentLink.start(
                new AgentLink.Settings(
                        settings.key(),
                        settings.edges(),
                        AgentInstanceId.next(clock),
                        settings.version(),
                        hostName(),
                        withTests(capabilities),
                        Optional.of(sealing.text()),
                        AgentLink.Settings.IDLE_CALLS),
                sessions,
                tests,
                tails);
        dialled.set(Optional.of(link));
        var health = settings.health().isPresent()
                ? Optional.of(Health.start(settings.health().get(), link, sessions, tails))
                : Optional.<Health>empty();
        return new Agent(lock, secrets, programs, files, ssh, sessions, link, health);
    }

    private static Optional<Programs> programs(AgentSettings settings) throws IOException {
        if (!settings.types().contains("custom")) {
            return Optional.empty();
        }
        var problem = Programs.problem();
        if (problem.isPresent()) {
            LOG.warn("connections of type custom are refused: {}", problem.get());
            return Optional.empty();
        }
        var programs = Programs.open(settings.state(), settings.runAs());
        LOG.info(
                programs.changesAccount()
                        ? "programs run as the account that their connection names, never as root"
                        : "programs run as the agent's own account: it was started without root");
        return Optional.of(programs);
    }

    /// What an agent says that it can do.
    ///
    /// @param programs whether it can run programs here
    /// @param changesAccount whether it can do so as other accounts
    static SortedSet<String> capabilities(Set<String> types, boolean programs, boolean changesAccount) {
        var capabilities = new TreeSet<>(types);
        if (!programs || !types.contains("custom")) {
            capabilities.remove("custom");
        } else {
            capabilities.add("pty");
            if (changesAccount) {
                capabilities.add("run-as");
            }
        }
        return capabilities;
    }

    /// Every agent of this version does tests, whatever it opens.
    private static Set<String> withTests(Set<String> capabilities) {
        var all = new TreeSet<>(capabilities);
        all.add(ConnectionTest.CAPABILITY);
        return all;
    }

    private static FileChannel lock(Path state) throws IOException {
        var channel = FileChannel.open(state.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("another agent in this process", e);
        }
        channel.close();
        throw new IOException("another agent uses the folder " + state);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /// Goes on with the secret folders, accounts and further edges of other settings. Sessions that are open keep what
    /// they began with; nothing else of the settings counts.
    void reload(AgentSettings settings) {
        secrets.folders(settings.secretFolders());
        programs.ifPresent(running -> running.allow(settings.runAs()));
        link.more(settings.edges());
    }

    /// Whether it is attached to an edge.
    public boolean attached() {
        return link.attached();
    }

    /// Sessions that are open now.
    public int sessions() {
        return sessions.live();
    }

    /// The port for health and metrics.
    public Optional<Integer> healthPort() {
        return health.map(Health::port);
    }

    /// Takes no new sessions, and waits for those that live, and until their edges have heard how they ended, for
    /// `longest`. Whether all have ended.
    public boolean drain(Duration longest) throws InterruptedException {
        return drain(longest, GOODBYE);
    }

    private boolean drain(Duration longest, Duration goodbye) throws InterruptedException {
        link.drain();
        long begin = System.nanoTime();
        long quietSince = begin;
        for (long now = begin; now - begin < longest.toNanos(); now = System.nanoTime()) {
            if (link.served() > 0) {
                quietSince = now;
            } else if (!link.carries() && (!link.awaited() || now - quietSince > goodbye.toNanos())) {
                return true;
            }
            Thread.sleep(20);
        }
        return link.served() == 0;
    }

    /// Ends every session and everything that they started, and detaches.
    @Override
    public void close() throws IOException {
        sessions.endAll();
        try (secrets) {
            if (!drain(CLOSING, LAST_GOODBYE)) {
                LOG.error("{} sessions did not end", link.served());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        health.ifPresent(Health::close);
        link.close();
        programs.ifPresent(Programs::close);
        files.ifPresent(SecretFiles::close);
        ssh.close();
        lock.close();
    }
}
