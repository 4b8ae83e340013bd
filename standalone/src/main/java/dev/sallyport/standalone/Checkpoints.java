package dev.sallyport.standalone;

import dev.sallyport.store.CheckpointWriter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the checkpoints written that are due, again and again: what a timer does in AWS.
final class Checkpoints implements AutoCloseable {

    /// Often enough that a minute is sealed soon after it may be.
    private static final Duration EVERY = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final Thread thread;

    Checkpoints(CheckpointWriter writer) {
        thread = Thread.ofVirtual().name("checkpoints").start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    Thread.sleep(EVERY);
                    writer.run();
                } catch (InterruptedException stopped) {
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("checkpoints could not be written, and are tried again", e);
                }
            }
        });
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
