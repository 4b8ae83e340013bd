package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Keys and certificates of the test's own, by the real `ssh-keygen`, signed with the demo's CA or another.
public record Certificates(Instance instance, Path folder) {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    public static Certificates of(Instance instance) throws IOException {
        return new Certificates(instance, Files.createTempDirectory("sallyport-certificates"));
    }

    /// The demo's user CA.
    public Path ca() {
        return instance.folder().resolve("keys/user-ca");
    }

    /// A new key pair of `type` (`ed25519`, `ecdsa`, `rsa`).
    public Path key(String type) throws IOException, InterruptedException {
        var key = folder.resolve(type + NUMBER.incrementAndGet());
        keygen("-q", "-t", type, "-N", "", "-f", key.toString());
        return key;
    }

    /// Certifies `key` as alice is certified, with further options of `ssh-keygen -s` in front.
    public Path certify(Path ca, Path key, String... options) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("-q", "-s", ca.toString(), "-I", "alice@example.com", "-n", principals()));
        words.addAll(List.of(options));
        words.add(key + ".pub");
        keygen(words.toArray(String[]::new));
        return key;
    }

    /// What the demo certified alice for: her login and her id.
    public String principals() throws IOException, InterruptedException {
        var shown = Run.of(List.of(
                        "ssh-keygen",
                        "-L",
                        "-f",
                        instance.folder().resolve("keys/alice-cert.pub").toString()))
                .now()
                .out();
        var lines = shown.lines()
                .dropWhile(line -> !line.contains("Principals:"))
                .skip(1)
                .limit(2)
                .map(String::strip)
                .toList();
        return String.join(",", lines);
    }

    private static void keygen(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(List.of(words));
        var ran = Run.of(command).now();
        assertThat(ran.status()).as("%s: %s", command, ran).isZero();
    }
}
