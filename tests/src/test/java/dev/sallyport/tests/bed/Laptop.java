package dev.sallyport.tests.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A user's folder, with keys and certificates in `certs/` as the documents name them, and an `ssh_config` that
/// stands for what a real laptop has from elsewhere: where the host `edge` is (DNS) and whose host CA to trust.
public record Laptop(Instance instance, Path folder) {

    public static Laptop of(Instance instance) throws IOException {
        var folder = Files.createTempDirectory("sallyport-laptop");
        var certs = Files.createDirectory(folder.resolve("certs"));
        for (var user : List.of("alice", "bob")) {
            for (var name : List.of(user, user + ".pub", user + "-cert.pub")) {
                Files.copy(instance.folder().resolve("keys").resolve(name), certs.resolve(name));
            }
        }
        var hostCa = Files.readString(instance.folder().resolve("keys/ssh_host_ca_key.pub"));
        Files.writeString(folder.resolve("known_hosts"), "@cert-authority * " + hostCa);
        Files.writeString(folder.resolve("ssh_config"), """
                Host edge
                    HostName 127.0.0.1
                Host *
                    IdentitiesOnly yes
                    IdentityAgent none
                    BatchMode yes
                    UserKnownHostsFile %s/known_hosts
                    GlobalKnownHostsFile /dev/null
                    StrictHostKeyChecking yes
                """.formatted(folder));
        return new Laptop(instance, folder);
    }

    /// Port of the SSH door.
    public String port() throws IOException {
        return Files.readAllLines(instance.folder().resolve("ssh_config")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("Port "))
                .findFirst()
                .orElseThrow()
                .substring("Port ".length());
    }

    /// The words of a program of OpenSSH's, with the configuration.
    public List<String> words(String program, String... arguments) {
        var words = new ArrayList<>(
                List.of(program, "-F", folder.resolve("ssh_config").toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    /// `ssh` in this folder.
    public Run ssh(String... arguments) {
        return run(words("ssh", arguments));
    }

    /// Any program in this folder.
    public Run run(List<String> command) {
        var words = new ArrayList<>(List.of("env", "-C", folder.toString()));
        words.addAll(command);
        return Run.of(words).asClientOf(instance);
    }

    /// A line of bash in this folder.
    public Run bash(String line) {
        return run(List.of("bash", "-c", line));
    }

    /// `ssh` that stays until it is closed, such as `-N`.
    public Process start(String... arguments) throws IOException {
        return new ProcessBuilder(words("ssh", arguments))
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    /// A key without a certificate.
    public Path plainKey() throws IOException, InterruptedException {
        var key = folder.resolve("certs/plain");
        if (!Files.exists(key)) {
            var made = Run.of(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()))
                    .now();
            assertThat(made.status()).as("%s", made).isZero();
        }
        return key;
    }

    /// The account that the demo's `custom` connections run as; null where only the agent's own is possible.
    public static @Nullable String demoAccount() {
        return System.getProperty("user.name").equals("root") ? "sallyport-demo" : null;
    }
}
