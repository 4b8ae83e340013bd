package dev.sallyport.agent.database;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Looks after verdicts that wait for what their statements answer, in all sessions: a statement's verdict goes to the
/// edge together with the beginning of its result, which is one message's worth of system calls instead of two, and
/// alone when the server takes longer than [#LONGEST].
///
/// One thread, which looks around while statements are judged and sleeps otherwise: to wake it for each statement
/// would cost more than what is saved.
final class LateVerdicts {

    /// How long a verdict may wait, about.
    static final Duration LONGEST = Duration.ofMillis(2);

    /// How many looks in vain there are before it sleeps.
    private static final int IN_VAIN = 500;

    /// Who has verdicts that wait.
    interface Holder {

        /// Sends those that have waited for too long. Returns at once.
        void verdictsLate();
    }

    private static final class Shared {
        private static final LateVerdicts ONE = new LateVerdicts();
    }

    private final Set<Holder> holders = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean asleep;

    private LateVerdicts() {
        thread = Thread.ofPlatform().daemon().name("late-verdicts").start(this::run);
    }

    static LateVerdicts shared() {
        return Shared.ONE;
    }

    void add(Holder holder) {
        holders.add(holder);
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    void remove(Holder holder) {
        holders.remove(holder);
    }

    private void run() {
        int vain = 0;
        while (true) {
            if (vain < IN_VAIN) {
                LockSupport.parkNanos(LONGEST.toNanos() / 2);
            } else {
                asleep = true;
                // who was added before it was asleep did not wake it
                if (holders.isEmpty()) {
                    LockSupport.park();
                }
                asleep = false;
                vain = 0;
            }
            vain = holders.isEmpty() ? vain + 1 : 0;
            holders.forEach(Holder::verdictsLate);
        }
    }
}
