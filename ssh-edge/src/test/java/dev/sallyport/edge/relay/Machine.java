package dev.sallyport.edge.relay;

import dev.sallyport.store.StoreUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// One machine: clocks that are its own, and duties that come round while it does not stand still.
final class Machine {

    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

    /// What one thread of it does, again and again.
    private static final class Duty {
        final long every;
        final Runnable turn;
        long due;
        boolean busy;

        Duty(long every, Runnable turn, long due) {
            this.every = every;
            this.turn = turn;
            this.due = due;
        }
    }

    private final World world;
    private final long nanosOffset;
    private final List<Duty> duties = new ArrayList<>();
    private long wallOffset;
    private long stoppedUntil;

    Machine(World world, long nanosOffset) {
        this.world = world;
        this.nanosOffset = nanosOffset;
    }

    void every(Duration pause, Runnable turn) {
        duties.add(new Duty(pause.toNanos(), turn, world.now() + pause.toNanos()));
    }

    long nanos() {
        return world.now() + nanosOffset;
    }

    Instant wall() {
        return START.plusNanos(world.now() + wallOffset);
    }

    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return wall();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    void stepClock(Duration by) {
        wallOffset += by.toNanos();
    }

    void stop(Duration time) {
        stoppedUntil = Math.max(stoppedUntil, world.now() + time.toNanos());
    }

    boolean stopped() {
        return stoppedUntil > world.now();
    }

    long stoppedUntil() {
        return stoppedUntil;
    }

    /// Does what is due, in whatever order.
    void turn() {
        int first = duties.isEmpty() ? 0 : world.random.nextInt(duties.size());
        for (int i = 0; i < duties.size() && !stopped(); i++) {
            var duty = duties.get((first + i) % duties.size());
            if (!duty.busy && duty.due <= world.now()) {
                duty.busy = true;
                try {
                    duty.turn.run();
                } catch (StoreUnavailable e) {
                    // logged and tried again at the next turn
                } finally {
                    duty.busy = false;
                    duty.due = world.now() + duty.every;
                }
            }
        }
    }
}
