package dev.sallyport.edge.statements;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.recording.Retention;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.statement.IndexedStatement;
import dev.sallyport.core.statement.RecordedStatement;
import dev.sallyport.store.Statements;
import dev.sallyport.store.StoreUnavailable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes statements into the store: each session has a queue, and a thread that empties it.
///
/// What finds no room, and what the store does not take, is counted as missing: in the log, in the metrics, and at the
/// session in the index itself.
public final class StoredStatementIndex implements StatementIndex {

    private static final Logger LOG = LoggerFactory.getLogger(StoredStatementIndex.class);

    /// Bounds of the index.
    ///
    /// @param perSession statements of a session that are indexed
    /// @param queued statements of a session that wait to be written
    /// @param characters of all that wait on this edge
    /// @param closing how long a session's end waits for what is queued
    public record Limits(int perSession, int queued, long characters, Duration closing) {

        public static final Limits DEFAULT = new Limits(10_000, 1_000, 32_000_000, Duration.ofSeconds(2));
    }

    /// Statements that are written at once.
    private static final int BATCH = 25;

    /// Sessions that write at once, so that the index leaves the store to admission.
    private static final int WRITERS = 8;

    /// Texts of one minute that are remembered.
    private static final int REMEMBERED = 2_000;

    private final Statements statements;
    private final Clock clock;
    private final Limits limits;
    private final Semaphore writers = new Semaphore(WRITERS);
    private final AtomicLong characters = new AtomicLong();
    private final AtomicLong missing = new AtomicLong();

    public StoredStatementIndex(Statements statements, Clock clock, Limits limits) {
        this.statements = statements;
        this.clock = clock;
        this.limits = limits;
    }

    /// Recorded statements that are not in the index, since the start.
    public long missing() {
        return missing.get();
    }

    @Override
    public OfSession open(Order order, ConnectionDefinition connection) {
        return new Queue(order, connection);
    }

    private final class Queue implements OfSession {

        private final Order order;
        private final ConnectionDefinition connection;

        /// With room for one more: empty is the end.
        private final BlockingQueue<Optional<IndexedStatement>> waiting = new ArrayBlockingQueue<>(limits.queued() + 1);

        private final AtomicLong lost = new AtomicLong();
        private final CountDownLatch written = new CountDownLatch(1);
        private final Set<String> thisMinute = new HashSet<>();
        private long minute;
        private int taken;
        private boolean started;
        private boolean closed;

        /// Nobody waits any longer: what is not written yet is lost.
        private volatile boolean abandoned;

        private Optional<Retention> retention = Optional.empty();
        private boolean retentionRead;

        Queue(Order order, ConnectionDefinition connection) {
            this.order = order;
            this.connection = connection;
        }

        @Override
        public synchronized void recorded(String line) {
            var read = RecordedStatement.of(line);
            if (read.isEmpty() || closed) {
                return;
            }
            var statement = read.get();
            var at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            if (isRepeated(statement, at.getEpochSecond() / 60)) {
                return;
            }
            if (!started) {
                started = true;
                Thread.ofVirtual().name("statement-index").start(this::write);
            }
            if (taken >= limits.perSession()
                    || !queue(new IndexedStatement(
                            order.session(),
                            statement.number(),
                            at,
                            order.user(),
                            order.email(),
                            connection.name(),
                            statement.text(),
                            statement.cut(),
                            statement.verdict(),
                            statement.rule()))) {
                lost(1);
                return;
            }
            taken++;
        }

        /// By a hash that nobody can make collide, or a statement could hide behind another.
        private boolean isRepeated(RecordedStatement statement, long now) {
            if (now != minute) {
                minute = now;
                thisMinute.clear();
            }
            var hash = sha256(statement.verdict() + "\0" + statement.rule().orElse("") + "\0" + statement.text());
            return thisMinute.contains(hash) || (thisMinute.size() < REMEMBERED && !thisMinute.add(hash));
        }

        private boolean queue(IndexedStatement statement) {
            long length = statement.text().length();
            if (characters.addAndGet(length) <= limits.characters()
                    && waiting.remainingCapacity() > 1
                    && waiting.offer(Optional.of(statement))) {
                return true;
            }
            characters.addAndGet(-length);
            return false;
        }

        private void write() {
            try {
                boolean over = false;
                while (!over) {
                    var some = new ArrayList<Optional<IndexedStatement>>();
                    some.add(waiting.take());
                    waiting.drainTo(some, BATCH - 1);
                    over = some.contains(Optional.<IndexedStatement>empty());
                    var batch = some.stream().flatMap(Optional::stream).toList();
                    batch.forEach(
                            statement -> characters.addAndGet(-statement.text().length()));
                    if (abandoned) {
                        lost(batch.size());
                    } else {
                        write(batch);
                    }
                }
                note();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                written.countDown();
            }
        }

        private void write(List<IndexedStatement> batch) throws InterruptedException {
            writers.acquire();
            try {
                if (!retentionRead) {
                    // nothing is written of which nobody knows how long it may stay
                    retention = statements.retention(order.tenant(), connection.id());
                    retentionRead = true;
                }
                statements.add(order.tenant(), batch, retention);
                if (abandoned) {
                    statements.removeIfDeleted(order.tenant(), order.session(), batch);
                }
            } catch (StoreUnavailable e) {
                LOG.debug("statements of {} could not be indexed", order.session(), e);
                lost(batch.size());
            } catch (RuntimeException e) {
                LOG.error("statements of {} could not be indexed", order.session(), e);
                lost(batch.size());
            } finally {
                writers.release();
            }
        }

        private void lost(int more) {
            lost.addAndGet(more);
            missing.addAndGet(more);
        }

        private void note() {
            if (lost.get() == 0) {
                return;
            }
            LOG.warn("{} statements of {} are not in the index; the recording has them", lost, order.session());
            try {
                statements.note(
                        order.tenant(),
                        new Statements.Gap(
                                order.session(),
                                order.user(),
                                order.email(),
                                connection.name(),
                                lost.get(),
                                clock.instant()),
                        retentionRead ? retention : statements.retention(order.tenant(), connection.id()));
            } catch (StoreUnavailable e) {
                LOG.warn("the index does not say that statements of {} are missing", order.session(), e);
            }
        }

        @Override
        public void close() {
            synchronized (this) {
                if (closed || !started) {
                    closed = true;
                    return;
                }
                closed = true;
                waiting.add(Optional.empty());
            }
            try {
                if (!written.await(limits.closing().toMillis(), TimeUnit.MILLISECONDS)) {
                    abandoned = true;
                    // it adds nothing from here on, but for the batch that is on its way
                    LOG.warn("the index of {} does not keep up; the rest is left out", order.session());
                }
            } catch (InterruptedException e) {
                abandoned = true;
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
