package dev.sallyport.edge.review;

import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.connection.ConnectionDefinition;
import dev.sallyport.core.id.EdgeId;
import dev.sallyport.core.id.ReviewId;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.review.Review;
import dev.sallyport.core.review.Review.State;
import dev.sallyport.core.session.Order;
import dev.sallyport.core.text.Escaped;
import dev.sallyport.store.Store;
import dev.sallyport.store.StoreUnavailable;
import dev.sallyport.store.Written;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has what sessions hold reviewed by way of the store: a row for each, mail when somebody has decided.
///
/// Each session that holds something has a thread of its own, which does one thing after the other. What the store does
/// not take is a no: the statement does not run.
public final class StoredReviews implements Reviews {

    /// What may be to do for one session: an agent holds one statement at a time.
    private static final int MOST_TO_DO = 32;

    /// How long the end of a review is tried to be written; after that it ends by its time.
    private static final int ATTEMPTS = 5;

    private static final Duration PAUSE = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(StoredReviews.class);

    private final Store store;
    private final EdgeId edge;
    private final Clock clock;

    public StoredReviews(Store store, EdgeId edge, Clock clock) {
        this.store = store;
        this.edge = edge;
        this.clock = clock;
    }

    @Override
    public Held of(Order order, ConnectionDefinition connection, Agent agent) {
        return new OfSession(order, connection, agent);
    }

    private sealed interface ToDo {
        record Ask(Message.Hold hold) implements ToDo {}

        record End(Message.HoldEnded ended) implements ToDo {}

        record Tell(ReviewId review) implements ToDo {}

        record Close() implements ToDo {}
    }

    /// A statement that waits.
    private record Waiting(long number, ReviewId review) {}

    private final class OfSession implements Held {

        private final Order order;
        private final ConnectionDefinition connection;
        private final Agent agent;
        private final BlockingQueue<ToDo> toDo = new ArrayBlockingQueue<>(MOST_TO_DO);
        private boolean begun;

        /// The thread's own.
        private Optional<Waiting> waiting = Optional.empty();

        OfSession(Order order, ConnectionDefinition connection, Agent agent) {
            this.order = order;
            this.connection = connection;
            this.agent = agent;
        }

        @Override
        public synchronized boolean held(Message.Hold hold) {
            if (!begun) {
                begun = true;
                Thread.ofVirtual().name("reviews " + order.session()).start(this::work);
            }
            return toDo.offer(new ToDo.Ask(hold));
        }

        @Override
        public boolean ended(Message.HoldEnded ended) {
            return toDo.offer(new ToDo.End(ended));
        }

        @Override
        public void decided(ReviewId review) {
            // without room there is much to do already, and what is decided is asked for when it is done
            boolean _ = toDo.offer(new ToDo.Tell(review));
        }

        @Override
        public synchronized void close() {
            if (begun) {
                begun = false;
                // behind what is to do still: what ran is not to be called cancelled
                if (!toDo.offer(new ToDo.Close())) {
                    toDo.clear();
                    toDo.add(new ToDo.Close());
                }
            }
        }

        private void work() {
            try {
                while (true) {
                    // looked at now and then: mail may have found no room
                    var next = Optional.ofNullable(toDo.poll(5, TimeUnit.SECONDS));
                    if (next.isEmpty()) {
                        if (waiting.isPresent()) {
                            tell(waiting.get().review());
                        }
                        continue;
                    }
                    switch (next.get()) {
                        case ToDo.Ask(var hold) -> ask(hold);
                        case ToDo.Tell(var review) -> tell(review);
                        case ToDo.End(var ended) -> {
                            if (waiting.filter(one -> one.number() == ended.number())
                                    .isPresent()) {
                                end(
                                        switch (ended.end()) {
                                            case USED -> State.USED;
                                            case EXPIRED -> State.EXPIRED;
                                            case CANCELLED, REFUSED -> State.CANCELLED;
                                        });
                            }
                        }
                        case ToDo.Close() -> {
                            end(State.CANCELLED);
                            return;
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("the reviews of session {} broke", order.session(), e);
            }
        }

        private void ask(Message.Hold hold) throws InterruptedException {
            if (waiting.isPresent()) {
                end(State.CANCELLED);
            }
            var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            var latest = now.plus(connection.review().patience());
            var review = new Review(
                    order.tenant(),
                    ReviewId.next(clock),
                    order.session(),
                    order.user(),
                    order.email(),
                    connection.id(),
                    connection.name(),
                    edge,
                    hold.statement(),
                    HexFormat.of().formatHex(hold.challenge()),
                    hold.rule(),
                    hold.reason(),
                    hold.touches(),
                    now,
                    // an agent that wants it longer than its connection says is not believed
                    hold.until().isBefore(latest) ? hold.until() : latest,
                    State.PENDING,
                    Optional.empty());
            try {
                switch (store.reviews().ask(new Actor(order.user().value(), ""), review)) {
                    case Written.Done<Review> _ -> {
                        waiting = Optional.of(new Waiting(hold.number(), review.id()));
                        agent.say(new Message.HoldSeen(
                                hold.number(), review.id(), connection.review().who()));
                    }
                    case Written.Refused<Review>(var _, var sentence) ->
                        agent.say(new Message.Decided(hold.number(), Optional.empty(), sentence));
                }
            } catch (StoreUnavailable e) {
                LOG.warn("a review of session {} could not be asked for", order.session(), e);
                // it may be written nevertheless: then nobody waits for it, and it ends by its time
                agent.say(new Message.Decided(
                        hold.number(), Optional.empty(), "nobody can be asked for an approval now; please try again"));
            }
        }

        private void tell(ReviewId review) {
            var one = waiting.filter(it -> it.review().equals(review));
            if (one.isEmpty()) {
                return;
            }
            try {
                var found = store.reviews().get(order.tenant(), review);
                if (found.isEmpty()) {
                    return;
                }
                var decided = found.get().review();
                switch (decided.state()) {
                    case APPROVED ->
                        agent.say(new Message.Decided(
                                one.get().number(), found.get().approval(), ""));
                    case REJECTED -> {
                        waiting = Optional.empty();
                        agent.say(new Message.Decided(one.get().number(), Optional.empty(), rejected(decided)));
                    }
                    case PENDING, EXPIRED, CANCELLED, USED -> {
                        // nothing that the agent waits for
                    }
                }
            } catch (StoreUnavailable e) {
                LOG.warn("the review {} could not be read; that is tried again", review, e);
            }
        }

        private static String rejected(Review review) {
            return review.decision()
                    .map(decision -> decision.email() + " rejected it"
                            + (decision.reason().isEmpty() ? "" : ": " + Escaped.of(decision.reason(), 600)))
                    .orElse("it was rejected");
        }

        private void end(State state) throws InterruptedException {
            var one = waiting;
            waiting = Optional.empty();
            if (one.isEmpty()) {
                return;
            }
            for (int attempt = 1; ; attempt++) {
                try {
                    if (!store.reviews()
                            .end(
                                    new Actor(edge.value(), ""),
                                    order.tenant(),
                                    one.get().review(),
                                    state)) {
                        LOG.info("the review {} does not end as {}", one.get().review(), state);
                    }
                    return;
                } catch (StoreUnavailable e) {
                    if (attempt == ATTEMPTS) {
                        LOG.warn(
                                "the end of the review {} is not written; it ends by its time",
                                one.get().review(),
                                e);
                        return;
                    }
                    Thread.sleep(PAUSE);
                }
            }
        }
    }
}
