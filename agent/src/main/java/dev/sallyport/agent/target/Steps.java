package dev.sallyport.agent.target;

import dev.sallyport.core.connection.TestStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Takes down the steps of one test as they are done. One thread does them; another may say [#late].
public final class Steps {

    private final LongSupplier nanos;
    private final List<TestStep> done = new ArrayList<>();
    private String present = TestStep.DEFINITION;
    private long begun;
    private boolean over;

    /// @param nanos a monotonic clock
    public Steps(LongSupplier nanos) {
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
    }

    /// What a step does.
    public interface Work<T> {
        T done() throws NotOpened, InterruptedException;
    }

    /// Does a step.
    ///
    /// @param found what there is to say of it when it passed
    /// @throws NotOpened when it did not: it is taken down, and the test is over
    public <T> T step(String name, Work<T> work, Function<T, String> found) throws NotOpened, InterruptedException {
        begin(name);
        T result;
        try {
            result = work.done();
        } catch (NotOpened e) {
            failed(String.valueOf(e.getMessage()));
            throw e;
        } catch (RuntimeException e) {
            failed("something of the agent broke");
            throw e;
        }
        passed(found.apply(result));
        return result;
    }

    /// The time is over. What was done until then, and that the present step was not.
    public synchronized List<TestStep> late(String sentence) {
        failed(sentence);
        return List.copyOf(done);
    }

    /// What was done.
    public synchronized List<TestStep> done() {
        return List.copyOf(done);
    }

    private synchronized void begin(String name) {
        present = name;
        begun = nanos.getAsLong();
    }

    private synchronized void passed(String sentence) {
        if (!over) {
            done.add(TestStep.passed(present, sentence, took()));
        }
    }

    private synchronized void failed(String sentence) {
        if (!over) {
            over = true;
            done.add(TestStep.failed(present, sentence, took()));
        }
    }

    private Duration took() {
        return Duration.ofNanos(Math.max(0, nanos.getAsLong() - begun));
    }
}
