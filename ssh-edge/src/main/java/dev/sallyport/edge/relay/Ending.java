package dev.sallyport.edge.relay;

import dev.sallyport.core.session.Outcome;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// How one session ends: the first outcome given counts, and whoever must act on it is told once.
final class Ending {

    private sealed interface State {

        record Running(Runnable told) implements State {}

        record Decided(Outcome outcome) implements State {}
    }

    private final AtomicReference<State> state = new AtomicReference<>(new State.Running(() -> {}));

    /// Ends the session with `outcome`, unless it has ended already. Any thread.
    void end(Outcome outcome) {
        settle(outcome).run();
    }

    /// Settles how the session ends, unless it has ended already, and leaves it to the caller to run what is
    /// told of it, once and soon.
    Runnable settle(Outcome outcome) {
        return state.getAndUpdate(old -> old instanceof State.Running ? new State.Decided(outcome) : old)
                        instanceof State.Running(var told)
                ? told
                : () -> {};
    }

    /// `told` is called when the session must end, at once if it must already; it replaces the one before.
    void onEnd(Runnable told) {
        if (state.getAndUpdate(old -> old instanceof State.Running ? new State.Running(told) : old)
                instanceof State.Decided) {
            told.run();
        }
    }

    Optional<Outcome> outcome() {
        return switch (state.get()) {
            case State.Running _ -> Optional.empty();
            case State.Decided(var outcome) -> Optional.of(outcome);
        };
    }
}
