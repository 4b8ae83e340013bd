package dev.sallyport.control.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Bed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// A SnapStart snapshot is taken once a function is made, and then serves every instance of it: what is drawn at random
/// before is the same in all of them.
final class SnapshotTest {

    @Test
    void makingTheFunctionsDrawsNothingAtRandomAndConnectsToNothing() throws Exception {
        // whoever connects while a function is made finds nobody there, and the function is not made
        assertThat(run("functions"))
                .containsExactly("made IdentityFunction AccessFunction SessionsFunction DryRunsFunction");
    }

    @Test
    void theDrawOfAStandaloneControlPlaneIsSeen() throws Exception {
        assertThat(run("standalone"))
                .anyMatch(line -> line.startsWith("drawn 32 bytes") && line.contains("ControlPlane.randomKey"));
    }

    private static List<String> run(String what) throws IOException, InterruptedException {
        var command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Made.class.getName(),
                what);
        command.environment().putAll(EnvironmentTest.WHOLE);
        command.environment()
                .putAll(Map.of(
                        "AWS_REGION", "eu-central-1",
                        "AWS_ACCESS_KEY_ID", "local",
                        "AWS_SECRET_ACCESS_KEY", "local",
                        "AWS_ENDPOINT_URL", "http://127.0.0.1:1"));
        command.redirectError(ProcessBuilder.Redirect.DISCARD);
        var process = command.start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out.lines()
                .filter(line -> line.startsWith("drawn ") || line.startsWith("made "))
                // each TLS context draws one number so that its generator is seeded, and throws it away
                .filter(line -> !(line.startsWith("drawn 4 bytes") && line.contains("SSLContextImpl.engineInit")))
                .toList();
    }

    /// Runs in a JVM of its own, whose randomness says who asks for it.
    static final class Made {

        public static void main(String[] what) {
            Security.insertProviderAt(new Watched(), 1);
            if (what[0].equals("standalone")) {
                var _ = new Bed();
                // its store has threads that go on
                System.exit(0);
            }
            var made = new ArrayList<String>();
            for (var function : List.of(
                    new IdentityFunction(), new AccessFunction(), new SessionsFunction(), new DryRunsFunction())) {
                made.add(function.getClass().getSimpleName());
            }
            System.out.println("made " + String.join(" ", made));
        }
    }

    /// Randomness that says who asks for it.
    @SuppressWarnings("serial")
    static final class Watched extends Provider {

        Watched() {
            super("Watched", "1", "");
            put("SecureRandom.Watched", Random.class.getName());
        }
    }

    /// The randomness itself.
    @SuppressWarnings("serial")
    public static final class Random extends SecureRandomSpi {

        @Override
        protected void engineSetSeed(byte[] seed) {}

        @Override
        protected void engineNextBytes(byte[] bytes) {
            var who = new StringBuilder();
            for (var frame : Thread.currentThread().getStackTrace()) {
                if (frame.getClassName().startsWith("dev.sallyport") || who.length() < 400) {
                    who.append(' ').append(frame.getClassName()).append('.').append(frame.getMethodName());
                }
            }
            System.out.println("drawn " + bytes.length + " bytes:" + who);
            // nothing of what is drawn here is ever used
            ThreadLocalRandom.current().nextBytes(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            var bytes = new byte[length];
            engineNextBytes(bytes);
            return bytes;
        }
    }
}
