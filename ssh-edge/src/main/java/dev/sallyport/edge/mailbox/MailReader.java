package dev.sallyport.edge.mailbox;

import dev.sallyport.core.certificate.TrustedCa;
import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.LiveSession;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.admission.Sight;
import dev.sallyport.edge.admission.StoreAdmission;
import dev.sallyport.edge.admission.TrustSnapshots;
import dev.sallyport.store.Mailboxes;
import dev.sallyport.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the mailbox, acts on what is in it, and deletes what it has acted upon.
///
/// Kills go first, then configuration. The edge has seen its mail only when everything in it is done: when a
/// session could not be judged again, the letter stays, and the edge grows blind until it can.
///
/// What no promise hangs on is done besides: letters are deleted, and the trust snapshot is read anew
/// (admission looks at the CA itself). While the store is slow, that time would else go by unseen.
final class MailReader {

    /// Certificates whose sessions are judged again at the same time.
    private static final int JUDGED_AT_ONCE = 16;

    private static final Logger LOG = LoggerFactory.getLogger(MailReader.class);

    private final Store store;
    private final EdgeId edge;
    private final LiveSessions live;
    private final StoreAdmission admission;
    private final TrustSnapshots trust;
    private final Sight sight;
    private final Consumer<AgentId> agentRevoked;
    private final Consumer<Mail.TestConnection> test;

    /// Letters that were acted upon and were still there at the last look; no more than a mailbox has.
    private final Set<Mailboxes.Letter> done = new HashSet<>();

    /// Those of them that are being deleted.
    private final Set<Mailboxes.Letter> deleting = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean trustIsOld = new AtomicBoolean();

    MailReader(
            Store store,
            EdgeId edge,
            LiveSessions live,
            StoreAdmission admission,
            TrustSnapshots trust,
            Sight sight,
            Consumer<AgentId> agentRevoked,
            Consumer<Mail.TestConnection> test) {
        this.store = store;
        this.edge = edge;
        this.live = live;
        this.admission = admission;
        this.trust = trust;
        this.sight = sight;
        this.agentRevoked = agentRevoked;
        this.test = test;
    }

    /// One look into the mailbox. By one thread at a time.
    ///
    /// @throws RuntimeException when it could not be read or acted upon
    void read() {
        long from = sight.reading();
        var all = store.mailboxes().read(edge);
        done.retainAll(all);
        var letters = all.stream().filter(letter -> !done.contains(letter)).toList();
        for (var letter : letters) {
            if (letter.mail() instanceof Mail.KillSession(var tenant, var session, var by)) {
                live.get(session)
                        .filter(found -> found.tenant().equals(tenant))
                        .ifPresent(found -> found.end(new Outcome.Killed(by)));
            }
        }
        for (var letter : letters) {
            switch (letter.mail()) {
                case Mail.KillSession _ -> {}
                case Mail.AgentRevoked(var tenant, var agent) -> agentRevoked.accept(agent);
                case Mail.ReviewDecided(var tenant, var session, var review) ->
                    live.get(session)
                            .filter(found -> found.tenant().equals(tenant))
                            .ifPresent(found -> found.reviewDecided(review));
                case Mail.TestConnection wanted -> test.accept(wanted);
                case Mail.ConfigChanged(var tenant) -> changed(tenant);
            }
        }
        sight.acted(from);
        done.addAll(letters);
        done.forEach(this::delete);
    }

    private void delete(Mailboxes.Letter letter) {
        if (!deleting.add(letter)) {
            return;
        }
        Thread.ofVirtual().name("edge-mail-delete").start(() -> {
            try {
                store.mailboxes().delete(edge, letter);
            } catch (RuntimeException e) {
                LOG.warn("a letter could not be deleted; it is tried again", e);
            } finally {
                deleting.remove(letter);
            }
        });
    }

    /// Judges every live session again, as a net below the mail.
    void judgeAll() {
        judge(live.all());
    }

    private void changed(TenantId tenant) {
        judge(live.of(tenant));
        if (trustIsOld.compareAndSet(false, true)) {
            Thread.ofVirtual().name("edge-trust-now").start(this::readTrust);
        }
    }

    private void readTrust() {
        // what changes from here on is asked for again
        trustIsOld.set(false);
        try {
            trust.reload();
        } catch (RuntimeException e) {
            LOG.warn("the trusted CAs could not be read; that is tried again", e);
        }
    }

    /// What sessions have in common that one read of the store judges.
    private record Certified(UserCertificate certificate, TrustedCa ca) {

        static Certified of(LiveSession session) {
            return new Certified(
                    session.credential().certificate(), session.credential().ca());
        }
    }

    private void judge(Collection<LiveSession> sessions) {
        if (sessions.isEmpty()) {
            return;
        }
        var atOnce = new Semaphore(JUDGED_AT_ONCE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> judged = new ArrayList<>();
            var alike = sessions.stream().collect(Collectors.groupingBy(Certified::of));
            for (var some : alike.values()) {
                judged.add(threads.submit(() -> {
                    atOnce.acquireUninterruptibly();
                    try {
                        admission.judgeAgain(some);
                    } finally {
                        atOnce.release();
                    }
                }));
            }
            for (var one : judged) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a live session could not be judged again", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while live sessions were judged again", e);
        }
    }
}
