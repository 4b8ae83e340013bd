package dev.sallyport.agent.process;

import dev.sallyport.core.id.SessionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes enclosures, of the strongest kind that this machine and account allow:
///
/// 1. a control group (cgroup v2) per session, where the agent may make one: nothing leaves it without root;
/// 2. with root but no writable cgroup (most containers): a supplementary group id per session, which a process
///    without privileges can neither drop nor change;
/// 3. without root: the agent adopts orphans and follows parents, kernel sessions and a variable in the
///    environment. That holds what forgets to end; whoever wants to get away, can (decision 0031).
final class Enclosures {

    private static final Logger LOG = LoggerFactory.getLogger(Enclosures.class);

    /// How often adopted processes are looked for.
    private static final Duration ORPHANS = Duration.ofSeconds(5);

    private final Kind kind;

    /// One way to hold processes.
    interface Kind {

        /// In one sentence, for the log at start.
        String sentence();

        Enclosure next(SessionId session) throws IOException;

        /// Ends what a former run of this agent left.
        void clean();

        /// No more are made.
        void close();
    }

    private Enclosures(Kind kind) {
        this.kind = kind;
    }

    /// Finds the strongest kind, and ends what a former run left.
    static Enclosures find(Path state, Account own) throws IOException {
        var live = Files.createDirectories(state.resolve("live"));
        var name = "sallyport-" + fingerprint(state.toRealPath().toString());
        var cgroups = CgroupEnclosure.find(name);
        boolean adopts = ProcessHandle.current().pid() == 1;
        Kind kind;
        if (cgroups.isPresent()) {
            kind = cgroups.get();
        } else if (own.isRoot()) {
            kind = new GroupEnclosure.Groups(live);
        } else {
            Posix.adoptOrphans();
            adopts = true;
            kind = new TreeEnclosure.Trees(live);
        }
        if (adopts) {
            Thread.ofVirtual().name("orphans").start(Enclosures::reapOrphans);
        }
        return of(kind);
    }

    static Enclosures of(Kind kind) {
        LOG.info(kind.sentence());
        kind.clean();
        return new Enclosures(kind);
    }

    /// Reaps what this process has adopted. Its own children are reaped by whoever started them, at once: one
    /// that is still there after a while is nobody's.
    private static void reapOrphans() {
        var seen = Set.<ProcessTable.Entry>of();
        int self = (int) ProcessHandle.current().pid();
        try {
            while (true) {
                Thread.sleep(ORPHANS);
                var dead = ProcessTable.all().stream()
                        .filter(process -> process.zombie() && process.parent() == self)
                        .collect(Collectors.toSet());
                for (var orphan : dead) {
                    if (seen.contains(orphan)) {
                        Posix.reap(orphan.pid());
                    }
                }
                seen = dead;
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("orphans are reaped no longer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Enclosure next(SessionId session) throws IOException {
        return kind.next(session);
    }

    String sentence() {
        return kind.sentence();
    }

    void close() {
        kind.close();
    }

    private static String fingerprint(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
