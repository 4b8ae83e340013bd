package dev.sallyport.agent.database;

import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.core.review.HeldStatement;
import dev.sallyport.core.review.SignedApproval;
import dev.sallyport.core.review.Wait;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.tenant.TenantKey;
import dev.sallyport.core.text.Escaped;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.guardrails.GuardrailJudge;
import dev.sallyport.inspect.sql.Reading;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/// Holds statements of one session, and decides what releases them.
final class Holding {

    private final Order order;
    private final ConnectionDefinition definition;
    private final TenantKey key;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /// @param key of the tenant, as it was pinned at the agent's registration
    Holding(Order order, ConnectionDefinition definition, TenantKey key, Clock clock) {
        this.order = order;
        this.definition = definition;
        this.key = key;
        this.clock = clock;
    }

    /// One that cannot be held does not run.
    static final class NotHeld extends Exception {

        private static final long serialVersionUID = 1;

        NotHeld(String why) {
            super(why);
        }
    }

    /// A statement that waits.
    ///
    /// @param nanos by the monotonic clock, when its time is over
    record Held(Asked asked, Judged judged, Verdict.Hold verdict, Message.Hold message, Wait release, long nanos) {}

    /// Begins a wait.
    ///
    /// @throws NotHeld when nobody could see what it is that waits
    Held hold(Asked asked, Judged judged, Verdict.Hold verdict) throws NotHeld {
        if (asked.kind() == Asked.Kind.COMMAND) {
            throw new NotHeld("what it would run does not stand in it, and so nobody could approve it");
        }
        if (asked.kind() == Asked.Kind.PREPARED) {
            // promise P6: one approval, one run
            throw new NotHeld("prepared, it would run any number of times with values that nobody has seen: send it as"
                    + " text");
        }
        if (judged.reading() instanceof Reading.Unread && verdict.rule().equals(GuardrailJudge.UNREAD)) {
            throw new NotHeld("what it touches cannot be told, and so nobody could approve it");
        }
        HeldStatement statement;
        try {
            statement = new HeldStatement(
                    asked.text()
                            .orElseThrow(() -> new NotHeld("it is no text of the session's character set, and so nobody"
                                    + " could read what to approve")),
                    asked.parameters());
        } catch (IllegalArgumentException e) {
            throw new NotHeld("it cannot wait for an approval: " + e.getMessage());
        }
        var now = clock.instant();
        var until = now.plus(definition.review().patience());
        if (order.deadline().isBefore(until)) {
            until = order.deadline();
        }
        // to the millisecond, as it is sent
        until = Instant.ofEpochMilli(until.toEpochMilli());
        var challenge = new byte[SignedApproval.CHALLENGE];
        random.nextBytes(challenge);
        var message = new Message.Hold(
                asked.number(),
                challenge,
                statement,
                words(verdict.rule()),
                words(verdict.message()),
                words(verdict.touches()),
                until);
        var release = new Wait(
                order.tenant(),
                order.session(),
                order.user(),
                definition.id(),
                statement.hash(),
                HexFormat.of().formatHex(challenge),
                until);
        long left = Math.max(0, Duration.between(now, until).toNanos());
        return new Held(asked, judged, verdict, message, release, System.nanoTime() + left);
    }

    private static String words(String text) {
        return Escaped.of(text, Message.Hold.LONGEST_WORDS);
    }

    /// Whether its time is over, by whichever clock gets there first.
    boolean expired(Held held) {
        return !clock.instant().isBefore(held.release().until()) || System.nanoTime() - held.nanos() >= 0;
    }

    /// How long it waits in all, in words.
    String patience() {
        long seconds = definition.review().patience().toSeconds();
        return seconds % 60 == 0 && seconds >= 60
                ? seconds / 60 + (seconds == 60 ? " minute" : " minutes")
                : seconds + (seconds == 1 ? " second" : " seconds");
    }

    Wait.Answer answer(Held held, SignedApproval approval, Optional<ReviewId> review) {
        return held.release().answer(approval, review, key, clock.instant());
    }
}
