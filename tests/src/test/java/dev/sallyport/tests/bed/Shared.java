package dev.sallyport.tests.bed;

import java.io.IOException;

/// The one standalone that the end-to-end tests of this module share. It starts with the first test that asks
/// for it and stops with the JVM.
///
/// With `-Dsallyport.tests.up='--edges 2 --agent-at 2'` it is started with these options: every case then goes
/// by way of a second edge.
public final class Shared {

    private static final String OPTIONS = "sallyport.tests.up";

    private static final class Holder {
        private static final Instance INSTANCE = start();

        private static Instance start() {
            try {
                var instance = Instance.start(
                        System.getProperty(OPTIONS, "").isBlank()
                                ? new String[0]
                                : System.getProperty(OPTIONS).strip().split(" +"));
                Instance.forget(instance);
                Runtime.getRuntime().addShutdownHook(new Thread(instance::close));
                return instance;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private static volatile boolean started;

    private Shared() {}

    /// Whether a test has asked for it.
    static boolean started() {
        return started;
    }

    public static Instance instance() {
        var instance = Holder.INSTANCE;
        started = true;
        return instance;
    }
}
