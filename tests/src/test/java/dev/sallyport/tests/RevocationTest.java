package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.tests.bed.Certificates;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.OpenSession;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `sally admin revocations create` while sessions live: what it names ends within the bound, others live on.
@EndToEnd
@TestInstance(Lifecycle.PER_CLASS)
class RevocationTest implements OnItsOwn {

    /// The promise is a second from the decision; this is what a loaded machine is given on top.
    private static final Duration BOUND = Duration.ofSeconds(10);

    private static final Pattern ID = Pattern.compile("(?m)^revocation +(\\S+)");

    private List<Instance> started = List.of();

    @BeforeAll
    void start() throws Exception {
        started = List.of(Instance.start());
    }

    @AfterAll
    void stop() {
        started.forEach(Instance::close);
    }

    @Override
    public Instance instance() {
        return started.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "key-id", "key", "user", "ca"})
    void whatIsRevokedEndsAndOthersLiveOn(String by) throws Exception {
        var instance = instance();
        var certificates = Certificates.of(instance);
        var otherCa = certificates.key("ed25519");
        var apply = instance.sally(
                        "admin",
                        "sshserver",
                        "apply",
                        "--trusted-ca",
                        line(certificates.ca()),
                        "--trusted-ca",
                        line(otherCa))
                .now();
        assertThat(apply.status()).as("%s", apply).isZero();
        var mine = certificates.certify(otherCa, certificates.key("ed25519"), "-V", "+10m", "-z", "77", "-I", "mine");
        boolean ofAlice = by.equals("user");
        var theirs = certificates.certify(
                certificates.ca(), certificates.key("ed25519"), "-V", "+10m", "-z", "77", "-I", "theirs");
        // each edge reads its mail twice a second
        await().atMost(Duration.ofSeconds(30))
                .until(() -> instance.sshAs("alice", mine, List.of(), "bash", "true")
                                .now()
                                .status()
                        == 0);
        try (var ends = OpenSession.startWith(instance, mine);
                var other = OpenSession.startWith(instance, theirs)) {
            long begin = System.nanoTime();
            var revoked = revoke(instance, by, mine, otherCa);
            assertThat(revoked.status()).as("%s", revoked).isZero();
            long answered = System.nanoTime();
            assertThat(ends.ended().status()).isEqualTo(253);
            var took = Duration.ofNanos(System.nanoTime() - answered);
            System.out.printf(
                    "revoked by %s: the session ended %d ms after the API's answer, %d ms after the command began%n",
                    by,
                    took.toMillis(),
                    Duration.ofNanos(System.nanoTime() - begin).toMillis());
            assertThat(took).isLessThan(BOUND);
            assertThat(ends.recorded().show()).contains("Revoked");
            assertThat(ends.again().out()).isEmpty();

            var state = instance.sally("sessions", "show", other.id()).now().out();
            if (ofAlice) {
                assertThat(other.ended().status()).as("the same user's").isEqualTo(253);
            } else {
                assertThat(state).containsPattern("state +live");
                assertThat(instance.sshAs("alice", theirs, List.of(), "bash", "echo in")
                                .now()
                                .out())
                        .isEqualTo("in\n");
            }
            var id = ID.matcher(revoked.out());
            assertThat(id.find()).as("%s", revoked).isTrue();
            var deleted = instance.sally("admin", "revocations", "delete", id.group(1))
                    .now();
            assertThat(deleted.status()).as("%s", deleted).isZero();
        }
    }

    private static Ran revoke(Instance instance, String by, Path key, Path ca) throws Exception {
        return switch (by) {
            case "serial" -> create(instance, "--serial", "77", "--ca", fingerprint(ca));
            case "key-id" -> create(instance, "--key-id", "mine");
            case "key" -> create(instance, "--key", fingerprint(key));
            case "user" -> create(instance, "--user", "alice@example.com");
            default -> create(instance, "--all-of-ca", fingerprint(ca));
        };
    }

    private static Ran create(Instance instance, String option, String value, String... more) throws Exception {
        var words =
                new java.util.ArrayList<>(List.of("admin", "revocations", "create", option, value, "--reason", "lost"));
        words.addAll(List.of(more));
        return instance.sally(words.toArray(String[]::new)).now();
    }

    private static String fingerprint(Path key) throws Exception {
        return Run.of(List.of("ssh-keygen", "-l", "-f", key + ".pub"))
                .now()
                .out()
                .split(" ", 3)[1];
    }

    private static String line(Path key) throws Exception {
        return java.nio.file.Files.readString(Path.of(key + ".pub")).strip();
    }
}
