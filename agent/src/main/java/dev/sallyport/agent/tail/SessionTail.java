package dev.sallyport.agent.tail;

import dev.sallyport.agent.link.TailSource;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.link.TailEvent;
import dev.sallyport.core.link.Ticket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// What one session's recording may not have yet: first in memory, then in encrypted files.
///
/// Bounded: whoever adds bytes of the target waits while it is full ([#awaitRoom]); the user's terminal then
/// stands still, as it does when the user does not read.
final class SessionTail implements TailSource.Tail {

    /// Most bytes of one session's tail (`session.tail`).
    static final long MOST = 256 << 20;

    /// Bytes that are kept in memory before the first file.
    static final int IN_MEMORY = 64 << 10;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final SessionId session;
    private final TenantId tenant;
    private final Ticket ticket;
    private final Path folder;
    private final TailKeys keys;
    private final long most;
    private final TailBudget budget;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<TailedEvent> inMemory = new ArrayDeque<>();
    private final Deque<Segment> files = new ArrayDeque<>();
    private Optional<SecretKey> key = Optional.empty();
    private int nextFile;
    private long bytes;
    private int memoryBytes;
    private long storedAgent;
    private long storedEdge;
    private Optional<Instant> ended = Optional.empty();
    private boolean forgotten;
    private volatile Runnable whenRoom = () -> {};

    SessionTail(
            SessionId session,
            TenantId tenant,
            Ticket ticket,
            Path folder,
            TailKeys keys,
            long most,
            TailBudget budget) {
        this.session = session;
        this.tenant = tenant;
        this.ticket = ticket;
        this.folder = folder;
        this.keys = keys;
        this.most = most;
        this.budget = budget;
    }

    /// One that a former run of the agent left in files.
    static SessionTail left(Path folder, TailKeys keys, Instant ended, TailBudget budget) throws IOException {
        var head = keys.read(folder);
        var tail = new SessionTail(head.session(), head.tenant(), head.ticket(), folder, keys, MOST, budget);
        tail.key = Optional.of(head.key());
        tail.ended = Optional.of(ended);
        try (var names = Files.list(folder)) {
            for (var name :
                    names.map(file -> file.getFileName().toString()).sorted().toList()) {
                if (name.matches("[0-9]{8}")) {
                    var file = Segment.left(folder, Integer.parseInt(name), head.key());
                    tail.files.add(file);
                    tail.kept(file.bytes());
                }
            }
        }
        return tail;
    }

    /// Waits until there is room for more.
    void awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while ((bytes >= most || budget.full()) && !forgotten) {
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /// There is room again among all tails.
    void roomAgain() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
        whenRoom.run();
    }

    /// @param again called when there may be room again, besides whoever waits for it
    void whenRoom(Runnable again) {
        whenRoom = again;
    }

    /// Counts bytes; under the lock.
    private void kept(long more) {
        bytes += more;
        budget.add(more);
    }

    boolean full() {
        lock.lock();
        try {
            return (bytes >= most || budget.full()) && !forgotten;
        } finally {
            lock.unlock();
        }
    }

    /// Keeps an event. Does not wait.
    void add(TailedEvent event) {
        lock.lock();
        try {
            if (forgotten || event.storedWith(storedAgent, storedEdge)) {
                return;
            }
            if (files.isEmpty() && memoryBytes + event.size() <= IN_MEMORY) {
                inMemory.add(event);
                memoryBytes += event.size();
                kept(event.size());
            } else {
                var file = file();
                long before = file.bytes();
                file.add(event);
                kept(file.bytes() - before);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the tail of " + session + " cannot be written", e);
        } finally {
            lock.unlock();
        }
    }

    private Segment file() throws IOException {
        if (key.isEmpty()) {
            var made = new byte[32];
            RANDOM.nextBytes(made);
            var secret = new SecretKeySpec(made, "AES");
            keys.write(folder, new TailKeys.Head(session, tenant, ticket, secret));
            key = Optional.of(secret);
        }
        if (files.isEmpty() || files.getLast().full()) {
            files.add(new Segment(folder, nextFile++, key.get()));
        }
        return files.getLast();
    }

    /// The edge says what is in the object store.
    void stored(long agentNumber, long edgeNumber) {
        lock.lock();
        try {
            storedAgent = Math.max(storedAgent, agentNumber);
            storedEdge = Math.max(storedEdge, edgeNumber);
            while (!inMemory.isEmpty() && inMemory.getFirst().storedWith(storedAgent, storedEdge)) {
                var gone = inMemory.remove();
                memoryBytes -= gone.size();
                kept(-gone.size());
            }
            while (inMemory.isEmpty() && !files.isEmpty() && files.getFirst().storedWith(storedAgent, storedEdge)) {
                var gone = files.remove();
                kept(-gone.bytes());
                gone.delete();
            }
            room.signalAll();
        } catch (IOException e) {
            throw new UncheckedIOException("the tail of " + session + " cannot be shortened", e);
        } finally {
            lock.unlock();
        }
    }

    /// The session is over.
    void ended(Instant now) {
        lock.lock();
        try {
            ended = Optional.of(now);
            if (!files.isEmpty()) {
                files.getLast().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the tail of " + session + " cannot be closed", e);
        } finally {
            lock.unlock();
        }
    }

    /// Whether the session is over, and has been since `before`.
    boolean endedBefore(Instant before) {
        lock.lock();
        try {
            return ended.isPresent() && ended.get().isBefore(before);
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing is kept any longer.
    boolean empty() {
        lock.lock();
        try {
            return forgotten || (inMemory.isEmpty() && files.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// Deletes all of it.
    void forget() {
        lock.lock();
        try {
            forgotten = true;
            inMemory.clear();
            for (var file : files) {
                file.delete();
            }
            files.clear();
            kept(-bytes);
            if (key.isPresent()) {
                keys.delete(folder);
            }
            room.signalAll();
        } catch (IOException e) {
            throw new UncheckedIOException("the tail of " + session + " cannot be deleted", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SessionId session() {
        return session;
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    @Override
    public Ticket ticket() {
        return ticket;
    }

    @Override
    public TailSource.Reader read() {
        lock.lock();
        try {
            return new EventReader(new ArrayList<>(inMemory), new ArrayList<>(files));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stored() {
        forget();
    }

    @Override
    public void refused(String problem) {
        forget();
    }

    private static final class EventReader implements TailSource.Reader {

        private final Iterator<TailedEvent> inMemory;
        private final Iterator<Segment> files;
        private Optional<Segment.Reader> open = Optional.empty();

        EventReader(List<TailedEvent> inMemory, List<Segment> files) {
            this.inMemory = inMemory.iterator();
            this.files = files.iterator();
        }

        @Override
        public Optional<TailEvent> next() throws IOException {
            if (inMemory.hasNext()) {
                return Optional.of(inMemory.next().event());
            }
            while (true) {
                if (open.isPresent()) {
                    var next = open.get().next();
                    if (next.isPresent()) {
                        return next.map(TailedEvent::event);
                    }
                    open.get().close();
                    open = Optional.empty();
                }
                if (!files.hasNext()) {
                    return Optional.empty();
                }
                open = Optional.of(files.next().read());
            }
        }

        @Override
        public void close() throws IOException {
            if (open.isPresent()) {
                open.get().close();
            }
        }
    }
}
