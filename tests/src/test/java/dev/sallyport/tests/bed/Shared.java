package dev.sallyport.tests.bed;

import java.io.IOException;

/// The one standalone that the end-to-end tests of this module share. It starts with the first test that asks
/// for it and stops with the JVM.
public final class Shared {

    private static final class Holder {
        private static final Instance INSTANCE = start();

        private static Instance start() {
            try {
                var instance = Instance.start();
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
