package dev.sallyport.tests.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// Copies a stream so that each byte arrives a while after it was read, as a long line does: how much is on the
/// way is not bounded by the delay.
final class DelayedCopy {

    private record Piece(byte[] bytes, long due) {}

    private static final int AT_ONCE = 1 << 16;
    private static final int MOST_ON_THE_WAY = 4_096;

    private final Duration delay;
    private final LinkedBlockingQueue<Piece> line = new LinkedBlockingQueue<>(MOST_ON_THE_WAY);
    private volatile boolean broken;

    DelayedCopy(Duration delay) {
        this.delay = delay;
    }

    /// Returns at the end of `from`, when everything has arrived, or `to` takes no more.
    void run(InputStream from, OutputStream to) throws IOException {
        var arriving = Thread.ofVirtual().name("delayed").start(() -> arrive(to));
        try {
            var buffer = new byte[AT_ONCE];
            for (int n = from.read(buffer); n >= 0 && !broken; n = from.read(buffer)) {
                line.put(new Piece(Arrays.copyOf(buffer, n), System.nanoTime() + delay.toNanos()));
            }
            line.put(new Piece(new byte[0], 0));
            arriving.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            arriving.interrupt();
        }
    }

    private void arrive(OutputStream to) {
        try {
            while (true) {
                var piece = line.take();
                if (piece.bytes().length == 0) {
                    return;
                }
                for (long left = piece.due() - System.nanoTime(); left > 0; left = piece.due() - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                to.write(piece.bytes());
            }
        } catch (IOException e) {
            broken = true;
            line.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
