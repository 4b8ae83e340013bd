package dev.sallyport.agent.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.agent.database.DatabaseSocket.Unreachable;
import dev.sallyport.agent.database.Holding.Held;
import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.link.LinkLost;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.link.Message.HoldEnded;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.core.review.Wait;
import dev.sallyport.core.text.Escaped;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database session: drives its [Wire] between the user's stream and the server's socket.
///
/// Two threads: the one that writes input feeds what the client sent, opens the server's socket, and has statements
/// judged; the one that reads output feeds what the server sent. A statement that is held has a third, which waits for
/// what becomes of it. They take turns at the wire, and what it wants
/// sent to the client goes out within the turn, so that nothing overtakes anything. What goes to the server is
/// written after the turn: a server that does not read must not keep us from reading what it writes.
///
/// Fails closed: whatever breaks ends the session, and what was not judged is not sent.
final class DatabaseTarget implements Target, LateVerdicts.Holder {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseTarget.class);

    /// How many statements are timed at once: those that were judged and are not answered.
    private static final int MOST_TIMED = 1_024;

    /// Longest text that is judged at once, in characters.
    private static final int QUICKLY_READ = 4_096;

    /// How many verdicts may wait for an answer: those of statements that a client sent ahead.
    private static final int MOST_VERDICTS = 64;

    private static final int BUFFER = 65_536;

    /// Sessions whose server is read by a thread of its own; those beyond take virtual ones.
    private static final Semaphore READERS = new Semaphore(256);

    /// What may happen to a held statement before its thread looks.
    private static final int MOST_TOLD = 8;

    /// How often those who wait look whether the session is over.
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// Opens the server of a session.
    interface Opening {

        /// What the wire logs in with.
        ///
        /// @throws Unreachable when the connection does not lead to the database that the client asks for, or a
        ///     secret is not there
        ServerLogin login(ClientStart start) throws Unreachable, InterruptedException;

        /// What another wire logs in with, as the same user of the server, while the session is logged in.
        ServerLogin again() throws Unreachable, InterruptedException;

        DatabaseSocket connect() throws Unreachable;

        ServerTrust trust() throws Unreachable, InterruptedException;

        /// The server ended the session before it let the agent in.
        void notTaken();

        /// The session is over.
        void released();

        /// Its client can be stopped by this key from now on.
        void stoppable(CancelKey key, DatabaseTarget target);

        /// The session's client asks for another's statement to be stopped.
        void cancel(CancelKey key) throws InterruptedException;
    }

    /// Stops the statement that runs now, if one does, by a request on a connection of its own. Any thread, and
    /// without a turn: whoever has it may wait for a user who does not read. What fails is not told: clients expect
    /// no answer.
    void stopStatement() throws InterruptedException {
        if (over || !loggedIn) {
            return;
        }
        if (tell(new Told.Stopped())) {
            return;
        }
        // both are known since the login, and stay as they are
        var request = wire.cancelRequest();
        var stopping = wire.stopping();
        if (request.isEmpty() && stopping.isEmpty()) {
            return;
        }
        try (var socket = opening.connect()) {
            if (request.isPresent()) {
                socket.output().write(request.get());
                // the server closes when it has taken it
                var _ = socket.input().read();
            } else {
                new StatementStop(stopping.orElseThrow()).run(opening.again(), socket, opening);
            }
        } catch (Unreachable | IOException e) {
            LOG.info("a statement could not be stopped", e);
        }
    }

    private final Inspection inspection;
    private final Wire wire;
    private final Opening opening;
    private final Holding holding;
    private final Actions actions = new Actions();

    private final ReentrantLock turn = new ReentrantLock();
    private final Condition settled = turn.newCondition();
    private final ReentrantLock writing = new ReentrantLock();

    private final CountDownLatch receiving = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean finished = new AtomicBoolean();

    private volatile Output.Receiver receiver = NOBODY;
    private volatile Optional<DatabaseSocket> server = Optional.empty();
    private volatile boolean over;
    private volatile boolean loggedIn;

    // what the wire wants, written within a turn and taken by the thread that had it
    private Optional<ClientStart> start = Optional.empty();
    private Optional<Asked> asked = Optional.empty();
    private volatile Optional<CancelKey> cancelling = Optional.empty();
    private boolean secure;
    private byte[] toServer = new byte[BUFFER];
    private volatile int toServerLength;

    /// Set and taken away within a turn.
    private volatile Optional<Waiting> waiting = Optional.empty();

    /// When statements were judged, by their number.
    private final Map<Long, Long> judgedAt = new HashMap<>();

    /// Verdicts of statements that run, until what they answer: within a turn, and since when.
    private final Deque<Output.Piece> verdicts = new ArrayDeque<>();

    private volatile long verdictsSince;

    /// What happens to a statement that waits.
    private sealed interface Told {
        record Seen(ReviewId review, String approvers) implements Told {}

        record Decided(Optional<SignedApproval> approval, String sentence) implements Told {}

        /// The client wants it stopped.
        record Stopped() implements Told {}

        /// The client is gone.
        record Left() implements Told {}

        /// It will not run, whatever is decided.
        record Moot() implements Told {}
    }

    /// A statement that waits, and what has happened to it meanwhile.
    private record Waiting(Held held, BlockingQueue<Told> told) {}

    DatabaseTarget(Inspection inspection, Opening opening, Holding holding) {
        this.holding = holding;
        this.inspection = inspection;
        this.wire = inspection.wire();
        this.opening = opening;
    }

    private static final Output.Receiver NOBODY = new Output.Receiver() {
        @Override
        public void take(Output.Piece piece) {
            throw new IllegalStateException("nobody receives yet");
        }

        @Override
        public void recorded(Output.Piece piece) {
            throw new IllegalStateException("nobody receives yet");
        }
    };

    @Override
    public boolean forwards() {
        return true;
    }

    @Override
    public Optional<Output> errors() {
        return Optional.empty();
    }

    @Override
    public Output output() {
        return new Output() {
            @Override
            public Piece next() {
                throw new IllegalStateException("a database hands its output over");
            }

            @Override
            public void into(Receiver to) throws LinkLost, InterruptedException {
                receive(to);
            }
        };
    }

    /// Reads the server until the session is over.
    private void receive(Output.Receiver to) throws LinkLost, InterruptedException {
        receiver = to;
        try {
            inTurn(() -> wire.begin(actions));
            receiving.countDown();
            var socket = awaitServer();
            if (socket.isPresent()) {
                readApart(socket.get());
            }
        } finally {
            finish();
            receiving.countDown();
        }
        turn.lockInterruptibly();
        try {
            sendVerdicts();
        } finally {
            turn.unlock();
        }
        to.take(new Output.Piece.End());
    }

    private Optional<DatabaseSocket> awaitServer() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            while (server.isEmpty() && !over) {
                // an end does not wait for its turn, and so may come unheard: it is looked for now and then
                var _ = settled.awaitNanos(LOOK.toNanos());
            }
            return over ? Optional.empty() : server;
        } finally {
            turn.unlock();
        }
    }

    /// Reads on a platform thread, which the kernel wakes itself, as long as there are not too many of them: a virtual
    /// one is woken by way of two others.
    private void readApart(DatabaseSocket socket) throws LinkLost, InterruptedException {
        if (!READERS.tryAcquire()) {
            read(socket);
            return;
        }
        var lost = new AtomicReference<@Nullable LinkLost>();
        var thread = Thread.ofPlatform().daemon().name("database-reader").unstarted(() -> {
            try {
                read(socket);
            } catch (LinkLost e) {
                lost.set(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.error("the reading of a database broke", e);
            } finally {
                READERS.release();
            }
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            finish();
            thread.interrupt();
            throw e;
        }
        var problem = lost.get();
        if (problem != null) {
            throw problem;
        }
    }

    private void read(DatabaseSocket socket) throws LinkLost, InterruptedException {
        var buffer = new byte[BUFFER];
        while (!over) {
            int count;
            try {
                count = socket.input().read(buffer);
            } catch (SocketTimeoutException e) {
                inTurn(() -> wire.refuse(
                        "the database did not let the agent in within " + DatabaseSocket.LOGIN.toSeconds() + " seconds",
                        actions));
                return;
            } catch (IOException e) {
                LOG.debug("a database's connection broke", e);
                count = -1;
            }
            if (over) {
                return;
            }
            int length = count;
            if (length < 0) {
                inTurn(() -> wire.serverEnded(actions));
                return;
            }
            if (asksAfter(buffer, length)) {
                // of what a client sent ahead, now that what was before it is answered
                followUp();
            }
            secureIfWanted(socket);
            flush(false);
        }
    }

    /// Whether what the server sent has the wire ask for a verdict.
    private boolean asksAfter(byte[] bytes, int length) throws LinkLost, InterruptedException {
        var asks = new AtomicBoolean();
        inTurn(() -> {
            boolean before = asked.isPresent();
            wire.server(bytes, 0, length, actions);
            asks.set(!before && asked.isPresent());
            if (wire.moot()) {
                boolean _ = tell(new Told.Moot());
            }
        });
        return asks.get();
    }

    private void secureIfWanted(DatabaseSocket socket) throws LinkLost, InterruptedException {
        if (!takeSecure()) {
            return;
        }
        flush(true);
        try {
            var endPoint = socket.secure(opening.trust());
            inTurn(() -> wire.secured(endPoint, actions));
        } catch (Unreachable e) {
            LOG.info("a database was not secured: {}", e.sentence(), e.getCause());
            inTurn(() -> wire.refuse(e.sentence(), actions));
        }
    }

    private boolean takeSecure() {
        turn.lock();
        try {
            boolean wanted = secure;
            secure = false;
            return wanted;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public boolean write(byte[] bytes) throws InterruptedException {
        receiving.await();
        try {
            awaitReady();
            if (over) {
                return false;
            }
            inTurn(() -> wire.client(bytes, 0, bytes.length, actions));
            followUp();
            flush(true);
        } catch (LinkLost e) {
            finish();
        }
        return !over;
    }

    /// Waits until the wire takes bytes of the client: a login goes on meanwhile.
    private void awaitReady() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            while (wire.awaits() && !over) {
                // an end does not wait for its turn, and so may come unheard: it is looked for now and then
                var _ = settled.awaitNanos(LOOK.toNanos());
            }
        } finally {
            turn.unlock();
        }
    }

    /// Does what the wire wants done before it goes on with the client.
    private void followUp() throws LinkLost, InterruptedException {
        while (!over) {
            Optional<ClientStart> starting;
            Optional<Asked> asking;
            turn.lock();
            try {
                starting = start;
                asking = asked;
                start = Optional.empty();
                asked = Optional.empty();
            } finally {
                turn.unlock();
            }
            if (starting.isPresent()) {
                connect(starting.get());
            } else if (asking.isPresent()) {
                judge(asking.get());
            } else {
                return;
            }
        }
    }

    private void connect(ClientStart starting) throws LinkLost, InterruptedException {
        try {
            var login = opening.login(starting);
            if (over) {
                // it ended meanwhile, and did not know of what the login holds
                opening.released();
                return;
            }
            var socket = opening.connect();
            try {
                // in one turn: a server may speak first, and is read as soon as it is known
                inTurn(() -> {
                    server = Optional.of(socket);
                    wire.connected(login, actions);
                });
            } finally {
                if (over || server.isEmpty()) {
                    // who ended it may not have seen the socket
                    socket.close();
                }
            }
        } catch (Unreachable e) {
            LOG.info("a database was not reached: {}", e.sentence(), e.getCause());
            inTurn(() -> wire.refuse(e.sentence(), actions));
        }
    }

    /// Has a statement judged, and the verdict recorded: before anything else happens when it is not allowed, and ahead
    /// of whatever it answers when it is.
    private void judge(Asked statement) throws LinkLost, InterruptedException {
        var judged = verdict(statement);
        Optional<Held> held = Optional.empty();
        var decided = judged;
        boolean runs = switch (judged.verdict()) {
            case Verdict.Allow _, Verdict.Warn _ -> true;
            case Verdict.Block _ -> false;
            case Verdict.Hold hold -> {
                if (statement.kind() == Asked.Kind.PREPARED && wire.holdsPrepared()) {
                    // each run of it is held
                    yield true;
                }
                try {
                    held = Optional.of(holding.hold(statement, judged, hold));
                } catch (Holding.NotHeld e) {
                    decided = blocked(hold, String.valueOf(e.getMessage()), judged);
                }
                yield false;
            }
        };
        var lines = StatementLines.judged(statement, recordable(statement), judged);
        if (held.isPresent()) {
            inTurn(this::sendVerdicts);
            for (var line : lines) {
                receiver.take(new Output.Piece.Statement(Message.Statement.Part.JUDGED, line));
            }
            hold(held.get());
            return;
        }
        if (!runs) {
            recordRefused(lines);
        }
        var verdict = decided;
        inTurn(() -> {
            if (judgedAt.size() < MOST_TIMED) {
                judgedAt.put(statement.number(), System.nanoTime());
            }
            if (runs) {
                awaitAnswer(lines);
            }
            wire.judged(verdict, actions);
        });
    }

    /// A long text is read on a thread that others do not wait for: virtual threads have few processors, and give none
    /// back in between.
    private Judged verdict(Asked statement) throws InterruptedException {
        if (statement.text().map(String::length).orElse(0) <= QUICKLY_READ) {
            return inspection.judge().judge(statement);
        }
        var judging = new FutureTask<>(() -> inspection.judge().judge(statement));
        Thread.ofPlatform().daemon().name("long-statement").start(judging);
        try {
            return judging.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("judging a statement broke", e);
        }
    }

    /// Returns when the edge has it in the recording.
    private void recordRefused(List<String> lines) throws LinkLost, InterruptedException {
        inTurn(this::sendVerdicts);
        var last = lines.size() - 1;
        for (var line : lines.subList(0, last)) {
            receiver.take(new Output.Piece.Statement(Message.Statement.Part.JUDGED, line));
        }
        receiver.recorded(new Output.Piece.Statement(Message.Statement.Part.REFUSED, lines.get(last)));
    }

    /// Within a turn: keeps a verdict until the server answers, or it is late.
    private void awaitAnswer(List<String> lines) throws LinkLost, InterruptedException {
        if (verdicts.isEmpty()) {
            verdictsSince = System.nanoTime();
            LateVerdicts.shared().add(this);
        }
        lines.forEach(line -> verdicts.add(new Output.Piece.Statement(Message.Statement.Part.JUDGED, line)));
        if (verdicts.size() > MOST_VERDICTS) {
            sendVerdicts();
        }
    }

    /// Within a turn.
    private void sendVerdicts() throws LinkLost, InterruptedException {
        if (verdicts.isEmpty()) {
            return;
        }
        LateVerdicts.shared().remove(this);
        while (!verdicts.isEmpty()) {
            receiver.take(verdicts.remove());
        }
    }

    @Override
    public void verdictsLate() {
        if (System.nanoTime() - verdictsSince < LateVerdicts.LONGEST.toNanos() / 2) {
            return;
        }
        LateVerdicts.shared().remove(this);
        Thread.ofVirtual().name("late verdict").start(() -> {
            try {
                inTurn(this::sendVerdicts);
            } catch (LinkLost e) {
                finish();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static Judged blocked(Verdict.Hold hold, String why, Judged judged) {
        return new Judged(new Verdict.Block(hold.rule(), hold.message() + " (" + why + ")"), judged.reading());
    }

    // ---- statements that wait

    /// Nothing of the client is taken from here on, until it is decided; and nobody stands still for it.
    private void hold(Held held) throws LinkLost, InterruptedException {
        var one = new Waiting(held, new ArrayBlockingQueue<>(MOST_TOLD));
        inTurn(() -> waiting = Optional.of(one));
        receiver.take(new Output.Piece.Hold(held.message()));
        var _ = Thread.ofVirtual().name("held statement").start(() -> {
            try {
                await(one);
            } catch (LinkLost e) {
                finish();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                finish();
            } catch (RuntimeException e) {
                LOG.error("a held statement's wait broke", e);
                finish();
            }
        });
    }

    /// Whether a statement waits, which is told so.
    private boolean tell(Told told) {
        var one = waiting;
        // what is told in vain comes too late, or too often
        return one.isPresent() && one.get().told().offer(told);
    }

    @Override
    public void inputOver() {
        boolean _ = tell(new Told.Left());
    }

    @Override
    public boolean seen(Message.HoldSeen seen) {
        if (waits(seen.number())) {
            boolean _ = tell(new Told.Seen(seen.review(), seen.approvers()));
        }
        return true;
    }

    @Override
    public boolean decided(Message.Decided decided) {
        if (waits(decided.number())) {
            boolean _ = tell(new Told.Decided(decided.approval(), decided.sentence()));
        }
        return true;
    }

    private boolean waits(long number) {
        return waiting.filter(one -> one.held().message().number() == number).isPresent();
    }

    private void await(Waiting one) throws LinkLost, InterruptedException {
        var held = one.held();
        var review = Optional.<ReviewId>empty();
        while (!over) {
            if (holding.expired(held)) {
                refuse(held, review, HoldEnded.End.EXPIRED, "nobody approved it within " + holding.patience());
                return;
            }
            var told = Optional.ofNullable(one.told().poll(LOOK.toMillis(), TimeUnit.MILLISECONDS));
            if (told.isEmpty()) {
                continue;
            }
            switch (told.get()) {
                case Told.Seen(var id, var approvers) -> {
                    if (review.isEmpty()) {
                        review = Optional.of(id);
                        inTurn(() -> wire.say(notice(held, id, approvers), actions));
                    }
                }
                case Told.Decided(var approval, var sentence) -> {
                    if (approval.isEmpty()) {
                        refuse(held, review, HoldEnded.End.REFUSED, sentence);
                        return;
                    }
                    switch (holding.answer(held, approval.get(), review)) {
                        case Wait.Answer.Released(var given) -> release(held, given);
                        case Wait.Answer.NotReleased(var why) -> {
                            LOG.error("a held statement was not released: {}", why);
                            refuse(held, review, HoldEnded.End.REFUSED, why);
                        }
                    }
                    return;
                }
                case Told.Stopped() -> {
                    ended(held, review, HoldEnded.End.CANCELLED, "its user stopped it");
                    inTurn(() -> {
                        waiting = Optional.empty();
                        wire.withdrawn("canceling statement due to user request", actions);
                    });
                    goOn();
                    return;
                }
                case Told.Moot() -> {
                    refuse(held, review, HoldEnded.End.CANCELLED, "what came before it failed");
                    return;
                }
                case Told.Left() -> {
                    ended(held, review, HoldEnded.End.CANCELLED, "its user left");
                    inTurn(() -> {
                        waiting = Optional.empty();
                        wire.clientEnded(actions);
                    });
                    flush(true);
                    return;
                }
            }
        }
    }

    private String notice(Held held, ReviewId review, String approvers) {
        return held.verdict().message() + " It waits for " + Escaped.of(approvers, 300) + ", who can say: sally reviews"
                + " approve " + review + " (for " + holding.patience() + "; Ctrl-C stops it)";
    }

    /// It runs, exactly as it was held.
    private void release(Held held, SignedApproval.Approval approval) throws LinkLost, InterruptedException {
        receiver.take(new Output.Piece.Statement(
                Message.Statement.Part.JUDGED, StatementLines.approved(held.asked(), approval)));
        receiver.take(ended(held, HoldEnded.End.USED));
        inTurn(() -> {
            waiting = Optional.empty();
            if (judgedAt.size() < MOST_TIMED) {
                judgedAt.put(held.asked().number(), System.nanoTime());
            }
            wire.approved(
                    new Judged(
                            new Verdict.Allow(held.verdict().limit()),
                            held.judged().reading()),
                    actions);
        });
        goOn();
    }

    private void refuse(Held held, Optional<ReviewId> review, HoldEnded.End end, String why)
            throws LinkLost, InterruptedException {
        ended(held, review, end, why);
        inTurn(() -> {
            waiting = Optional.empty();
            wire.judged(blocked(held.verdict(), Escaped.of(why, 1_000), held.judged()), actions);
        });
        goOn();
    }

    /// Has the end of a wait recorded, before anything comes of it.
    private void ended(Held held, Optional<ReviewId> review, HoldEnded.End end, String why)
            throws LinkLost, InterruptedException {
        receiver.recorded(new Output.Piece.Statement(
                Message.Statement.Part.REFUSED, StatementLines.notApproved(held.asked(), review, end, why)));
        receiver.take(ended(held, end));
    }

    private static Output.Piece ended(Held held, HoldEnded.End end) {
        return new Output.Piece.HoldEnded(new HoldEnded(held.message().number(), end));
    }

    /// With what the client sent behind the statement.
    private void goOn() throws LinkLost, InterruptedException {
        followUp();
        flush(true);
    }

    private Optional<String> recordable(Asked statement) {
        // masks are used within a turn only
        turn.lock();
        try {
            return statement.text().map(text -> new String(inspection.recorded().message(text.getBytes(UTF_8)), UTF_8));
        } finally {
            turn.unlock();
        }
    }

    private interface Step {
        void run() throws LinkLost, InterruptedException;
    }

    /// One step of the wire.
    private void inTurn(Step step) throws LinkLost, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (!over) {
                step.run();
            }
            if (actions.problem.isPresent()) {
                over = true;
                throw actions.problem.get();
            }
        } catch (RuntimeException e) {
            LOG.error("the inspection of a database session broke", e);
            over = true;
        } finally {
            settled.signalAll();
            turn.unlock();
        }
        if (actions.interrupted) {
            throw new InterruptedException();
        }
        cancelIfWanted();
        if (over) {
            flush(true);
            finish();
        }
    }

    /// Another session's turn is not waited for within one's own.
    private void cancelIfWanted() throws InterruptedException {
        if (cancelling.isEmpty()) {
            return;
        }
        Optional<CancelKey> wanted;
        turn.lockInterruptibly();
        try {
            wanted = cancelling;
            cancelling = Optional.empty();
        } finally {
            turn.unlock();
        }
        if (wanted.isPresent()) {
            opening.cancel(wanted.get());
        }
    }

    /// Writes to the server what the wire has put aside for it.
    ///
    /// @param wait whether to wait for another thread that writes; it writes what is put aside by then, too
    private void flush(boolean wait) {
        boolean waits = wait;
        while (true) {
            if (waits) {
                writing.lock();
            } else if (!writing.tryLock()) {
                return;
            }
            // after the first time somebody else may have it: what came in between is theirs to write, then
            waits = false;
            boolean more = true;
            try {
                var bytes = takeToServer();
                more = bytes.length > 0;
                if (more) {
                    server.orElseThrow().output().write(bytes);
                }
            } catch (IOException e) {
                LOG.debug("a database takes no more", e);
                return;
            } finally {
                writing.unlock();
            }
            // looked at without the lock: who put something aside and found it taken relies on that
            if (!more && toServerLength == 0) {
                return;
            }
        }
    }

    private byte[] takeToServer() {
        turn.lock();
        try {
            var bytes = Arrays.copyOf(toServer, toServerLength);
            toServerLength = 0;
            if (toServer.length > 4 * BUFFER) {
                toServer = new byte[BUFFER];
            }
            return bytes;
        } finally {
            turn.unlock();
        }
    }

    /// Nothing more goes either way. Waits for nobody: whoever has the turn may stand still because the user does not
    /// read,
    /// and the server's connection must end all the same.
    private void finish() {
        over = true;
        server.ifPresent(DatabaseSocket::close);
        if (finished.compareAndSet(false, true)) {
            if (server.isPresent() && !loggedIn) {
                opening.notTaken();
            }
            opening.released();
        }
        ended.countDown();
    }

    @Override
    public void endInput() throws InterruptedException {
        receiving.await();
        try {
            inTurn(() -> wire.clientEnded(actions));
            flush(true);
        } catch (LinkLost e) {
            finish();
        }
    }

    @Override
    public void resize(Message.Resize size) {}

    @Override
    public void signal(String name) {}

    @Override
    public Message.Exit exit() throws InterruptedException {
        ended.await();
        return new Message.Exit(Optional.of(0), Optional.empty(), false);
    }

    @Override
    public void kill() {
        finish();
    }

    @Override
    public void close() {
        finish();
    }

    /// Takes what the wire wants, within a turn.
    private final class Actions implements Wire.Sink {

        private Optional<LinkLost> problem = Optional.empty();
        private boolean interrupted;

        @Override
        public void toClient(byte[] bytes, int from, int to) {
            for (int at = from; at < to; at += LONGEST) {
                hand(new Output.Piece.Bytes(Arrays.copyOfRange(bytes, at, Math.min(to, at + LONGEST))));
            }
        }

        @Override
        public void toServer(byte[] bytes, int from, int to) {
            int before = toServerLength;
            int after = before + to - from;
            if (toServer.length < after) {
                toServer = Arrays.copyOf(toServer, Math.max(2 * toServer.length, after));
            }
            System.arraycopy(bytes, from, toServer, before, to - from);
            toServerLength = after;
        }

        @Override
        public void start(ClientStart said) {
            start = Optional.of(said);
        }

        @Override
        public void secure() {
            secure = true;
        }

        @Override
        public void loggedIn() {
            loggedIn = true;
            server.ifPresent(DatabaseSocket::loggedIn);
            wire.cancelKey().ifPresent(key -> opening.stoppable(key, DatabaseTarget.this));
            settled.signalAll();
        }

        @Override
        public void ask(Asked statement) {
            asked = Optional.of(statement);
        }

        @Override
        public void answered(Answered answered) {
            var since = Optional.ofNullable(judgedAt.remove(answered.number()));
            hand(new Output.Piece.Statement(
                    Message.Statement.Part.ANSWERED,
                    StatementLines.answered(
                            answered, since.map(nanos -> Duration.ofNanos(System.nanoTime() - nanos)))));
        }

        @Override
        public void cancel(CancelKey key) {
            cancelling = Optional.of(key);
        }

        @Override
        public void end(String why) {
            LOG.debug("a database session ends: {}", why);
            over = true;
        }

        private void hand(Output.Piece piece) {
            if (problem.isPresent() || interrupted) {
                return;
            }
            try {
                sendVerdicts();
                receiver.take(piece);
            } catch (LinkLost e) {
                problem = Optional.of(e);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
