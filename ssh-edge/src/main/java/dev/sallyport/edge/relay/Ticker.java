package dev.sallyport.edge.relay;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Calls every live session once a second, on one virtual thread: deadlines, idle times, counts to be written.
final class Ticker implements AutoCloseable {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Set<Runnable> ticked = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    Ticker() {
        thread = Thread.ofVirtual().name("relay-ticker").start(this::run);
    }

    void add(Runnable tick) {
        ticked.add(tick);
    }

    void remove(Runnable tick) {
        ticked.remove(tick);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(SECOND);
                for (var tick : ticked) {
                    tick.run();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
