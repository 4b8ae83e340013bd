package dev.sallyport.agent.tail;

import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.link.SessionLink;
import dev.sallyport.core.link.Ticket;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.session.Order;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tails of all sessions of this agent, in a folder of its own.
///
/// A tail is kept until an edge says that everything is stored, for [#LONGEST] at most. Those of sessions that
/// ended wait to be handed over, also when the agent was started anew in between (what was in files then).
public final class Tails implements TailSource {

    private static final Logger LOG = LoggerFactory.getLogger(Tails.class);

    /// Bytes of all tails together, unless the agent's operator says otherwise (`agent.tails`).
    public static final long MOST = 4L << 30;

    /// How long a tail is kept (`session.tail.longest`).
    public static final Duration LONGEST = Duration.ofHours(24);

    /// How long after its end a session's own edge has to store the rest, before the tail is offered.
    static final Duration AFTER = Duration.ofSeconds(5);

    private final Path folder;
    private final TailKeys keys;
    private final Clock clock;
    private final long most;
    private final TailBudget budget;

    /// Where tails are shortened: files go, for which whoever hears of it need not wait.
    private final Executor shortening;

    private final Map<SessionId, SessionTail> tails = new ConcurrentHashMap<>();

    private Tails(Path folder, TailKeys keys, Clock clock, long most, long mostInAll, Executor shortening) {
        this.shortening = shortening;
        this.budget = new TailBudget(mostInAll, this::roomAgain);
        this.folder = folder;
        this.keys = keys;
        this.clock = clock;
        this.most = most;
    }

    /// Opens the folder, and finds what a former run left.
    ///
    /// @param sealing seals to this agent's key, `opening` opens that
    /// @param mostInAll bytes of all tails together
    public static Tails open(
            Path folder,
            Function<Secret, String> sealing,
            Function<String, Optional<Secret>> opening,
            Clock clock,
            long mostInAll)
            throws IOException {
        Executor apart = shorten -> Thread.ofVirtual().name("tail-stored").start(shorten);
        return open(folder, sealing, opening, clock, SessionTail.MOST, mostInAll, apart);
    }

    static Tails open(
            Path folder,
            Function<Secret, String> sealing,
            Function<String, Optional<Secret>> opening,
            Clock clock,
            long most,
            long mostInAll,
            Executor shortening)
            throws IOException {
        Files.createDirectories(folder);
        var tails = new Tails(folder, new TailKeys(sealing, opening), clock, most, mostInAll, shortening);
        try (var left = Files.newDirectoryStream(folder)) {
            for (var one : left) {
                try {
                    var ended = Files.getLastModifiedTime(one).toInstant();
                    var tail = SessionTail.left(one, tails.keys, ended, tails.budget);
                    tails.tails.put(tail.session(), tail);
                } catch (IOException e) {
                    LOG.error("what was kept of a session cannot be read", e);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return tails;
    }

    /// The link of a session, with everything that passes kept.
    ///
    /// @param keepsBytes whether the session's recording keeps what passes
    public SessionLink keep(Order order, boolean keepsBytes, Ticket ticket, SessionLink link) {
        var tail = new SessionTail(
                order.session(),
                order.tenant(),
                ticket,
                folder.resolve(order.session().value()),
                keys,
                most,
                budget);
        tails.put(order.session(), tail);
        return new TailedLink(link, tail, keepsBytes, clock, shortening);
    }

    /// The session is over on this agent.
    public void ended(SessionId session) {
        Optional.ofNullable(tails.get(session)).ifPresent(tail -> tail.ended(clock.instant()));
        sweep();
    }

    @Override
    public List<Tail> waiting() {
        sweep();
        var before = clock.instant().minus(AFTER);
        return tails.values().stream()
                .filter(tail -> tail.endedBefore(before))
                .map(tail -> (Tail) tail)
                .toList();
    }

    /// How many tails there are: of sessions that live, and of ended ones that are not stored yet.
    public int count() {
        sweep();
        return tails.size();
    }

    /// Bytes that are kept.
    public long bytes() {
        return budget.used();
    }

    /// Whether so much is kept that no session may begin.
    public boolean full() {
        return budget.full();
    }

    private void roomAgain() {
        tails.values().forEach(SessionTail::roomAgain);
    }

    private void sweep() {
        var now = clock.instant();
        tails.values().removeIf(tail -> {
            boolean old = tail.endedBefore(now.minus(LONGEST));
            if (old) {
                LOG.error("no edge has taken what was kept of {}: it is deleted", tail.session());
            }
            boolean gone = old || (tail.empty() && tail.endedBefore(now.plusSeconds(1)));
            if (gone) {
                tail.forget();
            }
            return gone;
        });
    }
}
