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
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// What one session's recording may not have yet: in memory as long as that is little, else in encrypted files.
///
/// An edge that stores as it should is seconds behind, so that even a fast stream rarely touches the disk.
///
/// Bounded: whoever adds bytes of the target waits while it is full ([#awaitRoom]); the user's terminal then
/// stands still, as it does when the user does not read.
final class SessionTail implements TailSource.Tail {

    /// Most bytes of one session's tail (`session.tail`).
    static final long MOST = 256 << 20;

    /// Bytes of one session that are kept in memory, whatever others keep there.
    static final int IN_MEMORY = 64 << 10;

    /// Bytes of one session that are kept in memory while there is room among all ([TailBudget#IN_MEMORY]).
    static final int MOST_IN_MEMORY = 16 << 20;

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
    private final Deque<Part> parts = new ArrayDeque<>();
    private Optional<SecretKey> key = Optional.empty();
    private int nextFile;
    private long bytes;
    private long memoryBytes;
    private long shared;
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
                    tail.parts.add(file);
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
            var part = inMemory(event.size()) ? memory() : file();
            long before = part.bytes();
            part.add(event);
            kept(part.bytes() - before);
        } catch (IOException e) {
            throw new UncheckedIOException("the tail of " + session + " cannot be written", e);
        } finally {
            lock.unlock();
        }
    }

    /// Takes memory for so many bytes, if there is any.
    private boolean inMemory(int size) {
        boolean own = memoryBytes + size <= IN_MEMORY;
        if (!own) {
            if (memoryBytes + size > MOST_IN_MEMORY || !budget.takeMemory(size)) {
                return false;
            }
            shared += size;
        }
        memoryBytes += size;
        return true;
    }

    /// Gives memory back; what was shared first.
    private void giveMemory(long size) {
        memoryBytes -= size;
        long given = Math.min(shared, size);
        shared -= given;
        budget.giveMemory(given);
    }

    private Part memory() {
        if (!(parts.peekLast() instanceof MemoryPart)) {
            parts.add(new MemoryPart());
        }
        return parts.getLast();
    }

    private Part file() throws IOException {
        if (key.isEmpty()) {
            var made = new byte[32];
            RANDOM.nextBytes(made);
            var secret = new SecretKeySpec(made, "AES");
            keys.write(folder, new TailKeys.Head(session, tenant, ticket, secret));
            key = Optional.of(secret);
        }
        if (!(parts.peekLast() instanceof Segment segment) || segment.full()) {
            if (parts.peekLast() instanceof Segment full) {
                full.close();
            }
            parts.add(new Segment(folder, nextFile++, key.get()));
        }
        return parts.getLast();
    }

    /// The edge says what is in the object store.
    void stored(long agentNumber, long edgeNumber) {
        lock.lock();
        try {
            storedAgent = Math.max(storedAgent, agentNumber);
            storedEdge = Math.max(storedEdge, edgeNumber);
            while (!parts.isEmpty()) {
                var part = parts.getFirst();
                long before = part.bytes();
                boolean nothingLeft = part.forget(storedAgent, storedEdge);
                kept(part.bytes() - before);
                if (part instanceof MemoryPart) {
                    giveMemory(before - part.bytes());
                }
                if (!nothingLeft) {
                    break;
                }
                parts.remove();
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
            if (parts.peekLast() instanceof Segment last) {
                last.close();
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
            return forgotten || parts.isEmpty();
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
            for (var part : parts) {
                part.delete();
            }
            parts.clear();
            giveMemory(memoryBytes);
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
            return new EventReader(parts.stream()
                    .map(part -> part instanceof MemoryPart memory ? memory.copy() : part)
                    .toList());
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

        private final Iterator<Part> parts;
        private Optional<Part.Reader> open = Optional.empty();

        EventReader(List<Part> parts) {
            this.parts = parts.iterator();
        }

        @Override
        public Optional<TailEvent> next() throws IOException {
            while (true) {
                if (open.isPresent()) {
                    var next = open.get().next();
                    if (next.isPresent()) {
                        return next.map(TailedEvent::event);
                    }
                    open.get().close();
                    open = Optional.empty();
                }
                if (!parts.hasNext()) {
                    return Optional.empty();
                }
                open = Optional.of(parts.next().read());
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
