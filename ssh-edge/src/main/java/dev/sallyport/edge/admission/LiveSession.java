package dev.sallyport.edge.admission;

import dev.sallyport.core.access.AccessMode;
import dev.sallyport.core.certificate.Credential;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.connection.ConnectionName;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.id.UserId;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.edge.admission.Admission.Unread;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A session in the live index: from before its admission is read until it is over.
public final class LiveSession {

    /// How often a frozen session looks whether it may go on.
    private static final Duration THAW_CHECK = Duration.ofMillis(20);

    private final SessionId id;
    private final Credential credential;
    private final ConnectionName asked;
    private final AccessMode mode;
    private final Sight sight;
    private final LongSupplier nanos;
    private volatile @Nullable UserId user;
    private volatile @Nullable ConnectionDefinition connection;
    private volatile @Nullable Deadline deadline;
    private volatile @Nullable Unread unread;
    private volatile @Nullable Consumer<ReviewId> reviewer;
    private @Nullable Consumer<Outcome> ender;
    private @Nullable Outcome ordered;
    private boolean over;

    /// Whether an order to end was given, or it is over: nothing may pass any longer.
    private volatile boolean ending;

    private boolean judgedEarly;

    /// What may become of bytes that wait to pass.
    public enum Passing {
        PASSES,
        /// The edge does not see what is decided elsewhere; later perhaps.
        NOT_NOW,
        /// The session is over, or must be.
        NEVER
    }

    /// When the session must end, and as what.
    ///
    /// @param at by the wall clock
    /// @param nanos the same by the monotonic clock, as it looked at admission
    private record Deadline(Instant at, long nanos, Outcome outcome) {}

    LiveSession(
            SessionId id,
            Credential credential,
            ConnectionName asked,
            AccessMode mode,
            Sight sight,
            LongSupplier nanos) {
        this.id = id;
        this.credential = credential;
        this.asked = asked;
        this.mode = mode;
        this.sight = sight;
        this.nanos = nanos;
    }

    public SessionId id() {
        return id;
    }

    public TenantId tenant() {
        return credential.ca().tenant();
    }

    public Credential credential() {
        return credential;
    }

    /// The name under which the connection was asked for.
    public ConnectionName asked() {
        return asked;
    }

    public AccessMode mode() {
        return mode;
    }

    /// Whose it is, once that is known.
    public Optional<UserId> user() {
        return Optional.ofNullable(user);
    }

    /// What it uses, once it is admitted.
    public Optional<ConnectionDefinition> connection() {
        return Optional.ofNullable(connection);
    }

    /// What it was ordered to end with, if it was.
    public synchronized Optional<Outcome> ordered() {
        return Optional.ofNullable(ordered);
    }

    void of(UserId user) {
        this.user = user;
    }

    synchronized void admitted(ConnectionDefinition connection, Instant now, Instant deadline, Outcome outcome) {
        this.connection = connection;
        long left = Math.max(0, Duration.between(now, deadline).toNanos());
        this.deadline = new Deadline(deadline, nanos.getAsLong() + left, outcome);
    }

    /// It must end then, if that is sooner than it had to.
    synchronized void endsBy(Instant now, Instant at, Outcome outcome) {
        var known = deadline;
        if (known == null || at.isBefore(known.at())) {
            long left = Math.max(0, Duration.between(now, at).toNanos());
            deadline = new Deadline(at, nanos.getAsLong() + left, outcome);
        }
    }

    /// Somebody judges the session again, perhaps before it is known what it uses.
    synchronized void judging() {
        judgedEarly |= connection == null;
    }

    /// Whether it was judged while only the name of its connection was known: then it is judged once more by
    /// what it uses, before it begins.
    synchronized boolean judgedEarly() {
        return judgedEarly;
    }

    /// Orders the session to end. Only the first order counts.
    public void end(Outcome outcome) {
        Consumer<Outcome> tell;
        synchronized (this) {
            if (ordered != null || over) {
                return;
            }
            ordered = outcome;
            ending = true;
            tell = ender;
        }
        if (tell != null) {
            tell.accept(outcome);
        }
    }

    /// Says that a review of a statement that it holds was decided. Does not wait; may come more than once.
    public void reviewDecided(ReviewId review) {
        var known = reviewer;
        if (known != null) {
            known.accept(review);
        }
    }

    void onReview(Consumer<ReviewId> reviewer) {
        this.reviewer = reviewer;
    }

    void onEnd(Consumer<Outcome> ender) {
        Outcome earlier;
        synchronized (this) {
            this.ender = ender;
            earlier = ordered;
        }
        if (earlier != null) {
            ender.accept(earlier);
        }
    }

    /// Ends the session when its deadline is reached by either clock: one that steps back extends nothing.
    void check(Instant now) {
        var reached = deadline;
        if (reached != null && (!now.isBefore(reached.at()) || nanos.getAsLong() - reached.nanos() >= 0)) {
            end(reached.outcome());
        }
    }

    boolean strict() {
        var known = connection;
        return known == null || known.strict();
    }

    void holds(Unread unread) {
        this.unread = unread;
    }

    /// Bytes that it holds in memory because somebody does not read; when it is over, too.
    long unread() {
        var known = unread;
        return known == null ? 0 : known.bytes();
    }

    /// Orders it to end, and lets go of what it holds without waiting for anybody to read.
    void drop(Outcome outcome) {
        end(outcome);
        var known = unread;
        if (known != null) {
            known.drop();
        }
    }

    /// Whether bytes may pass at this moment. Ends the session when its time is over.
    public Passing passing() {
        var last = deadline;
        if (last != null && nanos.getAsLong() - last.nanos() >= 0) {
            end(last.outcome());
        }
        if (ending) {
            return Passing.NEVER;
        }
        if (sight.frozen(strict())) {
            return Passing.NOT_NOW;
        }
        return ending ? Passing.NEVER : Passing.PASSES;
    }

    boolean pass() throws InterruptedException {
        while (true) {
            switch (passing()) {
                case PASSES -> {
                    return true;
                }
                case NEVER -> {
                    return false;
                }
                case NOT_NOW -> Thread.sleep(THAW_CHECK);
            }
        }
    }

    /// Whether this was the first to say so.
    synchronized boolean over() {
        boolean first = !over;
        over = true;
        ending = true;
        return first;
    }

    @Override
    public String toString() {
        return id + " of " + user;
    }
}
