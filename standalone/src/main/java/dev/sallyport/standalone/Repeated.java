package dev.sallyport.standalone;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Something that is done again and again: what a timer does in AWS. A failure is logged, and it is tried again.
final class Repeated implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(Repeated.class);

    private final Thread thread;

    Repeated(String name, Duration every, Runnable turn) {
        thread = Thread.ofVirtual().name(name).start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    Thread.sleep(every);
                    turn.run();
                } catch (InterruptedException stopped) {
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("{} failed, and is tried again", name, e);
                }
            }
        });
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
