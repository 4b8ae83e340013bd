package dev.sallyport.edge.mailbox;

import dev.sallyport.core.edge.EdgeAddress;
import dev.sallyport.core.edge.Mail;
import dev.sallyport.core.id.AgentId;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.recording.DataKeys;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.Admission;
import dev.sallyport.edge.admission.LiveSessions;
import dev.sallyport.edge.admission.Sight;
import dev.sallyport.edge.admission.StoreAdmission;
import dev.sallyport.edge.admission.TrustSnapshots;
import dev.sallyport.store.LostEdges;
import dev.sallyport.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An edge as a member of its cell, from [#start] to [#close]: it holds a lease, reads its mail, judges its
/// live sessions again, keeps their deadlines, and closes what lost edges left.
///
/// Each of these has a virtual thread of its own that does one thing in a straight loop; a failure is logged
/// and tried again at the next turn. What happens when failures last is [Sight]'s.
public final class CellMember implements AutoCloseable {

    /// How often the lease is raised.
    public static final Duration BEAT = Duration.ofSeconds(1);

    /// How often the mailbox is read.
    public static final Duration MAIL = Duration.ofMillis(500);

    /// How often every live session is judged again, mail or not.
    public static final Duration JUDGE_AGAIN = Duration.ofSeconds(60);

    /// How often the trust snapshot is read, mail or not.
    public static final Duration TRUST = Duration.ofSeconds(30);

    private static final Duration PULSE = Duration.ofMillis(250);
    private static final Duration UNREAD = Duration.ofMillis(250);
    private static final Duration DEADLINES = Duration.ofSeconds(1);
    private static final Duration LOOK_AT_OTHERS = Duration.ofSeconds(2);
    private static final Duration SWEEP = Duration.ofSeconds(15);
    private static final Duration STOP = Duration.ofSeconds(3);
    private static final String SWEEPER = "sweep";
    private static final Logger LOG = LoggerFactory.getLogger(CellMember.class);

    private final Store store;
    private final EdgeId edge;
    private final Supplier<String> address;
    private final Runnable registered;
    private final Clock clock;
    private final LiveSessions live;
    private final Sight sight;
    private final TrustSnapshots trust;
    private final StoreAdmission admission;
    private final MailReader mail;
    private final LostEdges others;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    /// @param address `HOST:PORT` at which other edges reach this one, asked when it registers; empty where
    ///     there are none
    /// @param registered called when this edge is in the registry: what others removed while it was not is to
    ///     be noted anew
    /// @param live the sessions of this edge; none yet
    /// @param agentRevoked called when an agent's right to be attached must be looked at again; may be called
    ///     more often than needed
    /// @param test called when a connection is to be tested; must not block, and may be called more than once
    public CellMember(
            Store store,
            EdgeId edge,
            Supplier<String> address,
            LiveSessions live,
            DataKeys dataKeys,
            Clock clock,
            Consumer<AgentId> agentRevoked,
            Consumer<Mail.TestConnection> test,
            Runnable registered) {
        this.live = live;
        this.store = store;
        this.edge = edge;
        this.address = address;
        this.registered = registered;
        this.clock = clock;
        this.sight = new Sight(System::nanoTime);
        this.trust = new TrustSnapshots(store.trustedCas(), store.tenants());
        this.admission = new StoreAdmission(store, edge, dataKeys, live, sight, clock, System::nanoTime);
        this.mail = new MailReader(store, edge, live, admission, trust, sight, agentRevoked, test);
        this.others = new LostEdges(store, edge, clock, System::nanoTime);
    }

    /// Joins the cell; when this returns, sessions can be admitted.
    ///
    /// @throws RuntimeException when the store does not answer
    public synchronized void start() {
        register();
        trust.reload();
        mail.read();
        running = true;
        loop("pulse", PULSE, sight::pulse);
        loop("beat", BEAT, this::beat);
        loop("mail", MAIL, mail::read);
        loop("deadlines", DEADLINES, () -> live.check(clock.instant(), sight));
        loop("unread", UNREAD, live::relieve);
        loop("judge-again", JUDGE_AGAIN, mail::judgeAll);
        loop("trust", TRUST, trust::reload);
        loop("lost-edges", LOOK_AT_OTHERS, others::look);
        loop("sweep", SWEEP, this::sweep);
    }

    /// Closes all that other edges left behind, at once: only for who knows that it is the cell's only edge (a
    /// standalone that holds its folder). To be called before [#start].
    public void closeOthers() {
        others.closeOthers();
    }

    public EdgeId edge() {
        return edge;
    }

    public Admission admission() {
        return admission;
    }

    public LiveSessions live() {
        return live;
    }

    public TrustSnapshots trust() {
        return trust;
    }

    public Sight sight() {
        return sight;
    }

    /// Leaves the cell. Whoever calls has ended the sessions; those that are still live end as lost.
    @Override
    public synchronized void close() {
        if (!running) {
            return;
        }
        running = false;
        sight.leaseLost();
        live.endAll(new Outcome.EdgeLost());
        threads.forEach(Thread::interrupt);
        for (var thread : threads) {
            try {
                thread.join(STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        admission.close();
        try {
            // what is left is for others to close, as if this edge was lost
            if (store.edges().sessions(edge).isEmpty()) {
                store.edges().forget(edge);
            }
        } catch (RuntimeException e) {
            LOG.warn("edge {} could not leave the registry; others will remove it", edge, e);
        }
    }

    private void register() {
        long from = sight.reading();
        store.edges().register(new EdgeAddress(edge, address.get(), clock.instant()));
        sight.beat(from);
        registered.run();
    }

    private void beat() {
        long from = sight.reading();
        if (store.edges().beat(edge)) {
            sight.beat(from);
            return;
        }
        LOG.error("edge {} has lost its lease: others have closed its sessions", edge);
        sight.leaseLost();
        live.endAll(new Outcome.EdgeLost());
        if (live.count() == 0) {
            register();
        }
    }

    private void sweep() {
        if (store.edges().hold(SWEEPER, edge)) {
            int delivered = store.outbox().sweep();
            if (delivered > 0) {
                LOG.info("{} letters that were left behind are delivered", delivered);
            }
        }
    }

    /// A turn begins `every` so often; one that took longer, because the store is slow, is followed by the next
    /// at once, so that no more time than needed goes by unseen.
    private void loop(String name, Duration every, Runnable turn) {
        threads.add(Thread.ofVirtual().name("edge-" + name).start(() -> {
            long begun = System.nanoTime();
            while (running) {
                try {
                    TimeUnit.NANOSECONDS.sleep(begun + every.toNanos() - System.nanoTime());
                    begun = System.nanoTime();
                    turn.run();
                } catch (InterruptedException e) {
                    return;
                } catch (RuntimeException e) {
                    if (running) {
                        LOG.warn("{} failed, and is tried again", name, e);
                    }
                }
            }
        }));
    }
}
