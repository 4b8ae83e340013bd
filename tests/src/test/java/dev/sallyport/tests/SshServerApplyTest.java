package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Tenants.NewTenant;
import dev.sallyport.standalone.ports.FreePorts;
import dev.sallyport.tests.bed.Certificates;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Laptop;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.OpenSession;
import dev.sallyport.tests.bed.Ran;
import dev.sallyport.tests.bed.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// `sally admin sshserver apply` on an instance that runs, with sessions on it.
@EndToEnd
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class SshServerApplyTest implements OnItsOwn {

    private List<Instance> started = List.of();

    @TempDir
    private Path folder = Path.of("");

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

    @Test
    void aNewCaReplacesTheOldOneForNewLogins() throws Exception {
        var certificates = Certificates.of(instance());
        var oldCa = line(certificates.ca());
        var newCa = certificates.key("ecdsa");
        var key = certificates.certify(newCa, certificates.key("ed25519"), "-V", "+10m");
        assertThat(in(key).status()).isEqualTo(255);
        try {
            done(apply("--trusted-ca", oldCa, "--trusted-ca", line(newCa)));
            soon(() -> assertThat(in(key).out()).isEqualTo("in\n"));
            assertThat(alice().out()).isEqualTo("in\n");
            done(apply("--trusted-ca", line(newCa)));
            soon(() -> assertThat(alice().err()).contains("Permission denied (publickey)"));
            assertThat(in(key).out()).isEqualTo("in\n");
        } finally {
            done(apply("--trusted-ca", oldCa));
        }
        soon(() -> assertThat(alice().out()).isEqualTo("in\n"));
    }

    private Ran alice() throws Exception {
        return instance().ssh("alice", "bash", "echo in").now();
    }

    /// An edge reads its mail twice a second.
    private static void soon(ThrowingRunnable fact) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(fact);
    }

    @Test
    void aNewAddressIsOpenAndTheOldOneClosedAndSessionsStay() throws Exception {
        var laptop = Laptop.of(instance());
        int other = FreePorts.next();
        try (var session = OpenSession.start(instance(), "alice", "bash")) {
            done(apply("--listen-address", "127.0.0.1:" + other));
            var moved = laptop.ssh("-i", "certs/alice", "-p", Integer.toString(other), "alice@edge", "bash", "echo in")
                    .now();
            assertThat(moved.out()).as("%s", moved).isEqualTo("in\n");
            var closed = instance().ssh("alice", "bash", "true").now();
            assertThat(closed.status()).as("%s", closed).isEqualTo(255);
            assertThat(closed.err()).contains("Connection refused");
            assertThat(instance().sally("sessions", "show", session.id()).now().out())
                    .containsPattern("state +live");
            done(apply("--listen-address", "127.0.0.1:" + laptop.port()));
            assertThat(instance().ssh("alice", "bash", "echo back").now().out()).isEqualTo("back\n");
            done(instance().sally("sessions", "kill", session.id()).now());
            assertThat(session.ended().status()).isEqualTo(253);
        }
    }

    @Test
    void otherHostKeysAreShownAndNeverTheirPrivateHalf() throws Exception {
        var key = Certificates.of(instance()).key("ed25519");
        done(apply("--hosts-key", key.toString()));
        var publicKey = line(key).split(" ", -1)[1];
        var shown = get();
        assertThat(shown).contains(publicKey).doesNotContain("PRIVATE KEY");
        var json = instance()
                .sally("admin", "sshserver", "get", "-o", "json")
                .now()
                .out();
        assertThat(json).contains(publicKey).doesNotContain("PRIVATE");
        assertThat(json).doesNotContain(Files.readAllLines(key).get(1));
        var scanned = Run.of(List.of(
                        "ssh-keyscan",
                        "-t",
                        "ed25519",
                        "-p",
                        Laptop.of(instance()).port(),
                        "127.0.0.1"))
                .now();
        assertThat(scanned.out()).contains(publicKey);
        assertThat(instance().ssh("alice", "bash", "echo in").now().out())
                .as("the host certificate goes with the new key")
                .isEqualTo("in\n");
    }

    @Test
    void whichFieldNamesTheUserIsChosen() throws Exception {
        try {
            done(apply("--cert-attr", "key_id", "--user-attr", "subject"));
            assertThat(get()).contains("the certificate's key_id is the user's subject");
            soon(() -> assertThat(alice().out()).isEmpty());
            done(apply("--cert-attr", "key_id", "--user-attr", "email"));
            assertThat(get()).contains("the certificate's key_id is the user's email");
            soon(() -> assertThat(alice().out()).isEqualTo("in\n"));
        } finally {
            done(apply("--cert-attr", "principal", "--user-attr", "user_id"));
        }
        soon(() -> assertThat(alice().out()).isEqualTo("in\n"));
    }

    @Test
    void whatIsWrongInOnePartChangesNothingOfTheOthers() throws Exception {
        var before = get();
        var garbage = Files.writeString(folder.resolve("garbage"), "no key");
        for (var wrong : List.of(
                List.of("--cert-attr", "key_id", "--trusted-ca", "garbage"),
                List.of("--cert-attr", "key_id", "--user-attr", "shoe_size"),
                List.of("--cert-attr", "key_id", "--listen-address", "nowhere"),
                List.of("--cert-attr", "key_id", "--listen-address", "192.0.2.1:12222"),
                List.of("--cert-attr", "key_id", "--hosts-key", garbage.toString()),
                List.of("--cert-attr", "key_id", "--proof", garbage.toString()))) {
            var ran = apply(wrong.toArray(String[]::new));
            assertThat(ran.status()).as("%s: %s", wrong, ran).isEqualTo(2);
            assertThat(ran.err()).startsWith("sally: ");
            assertThat(get()).as("%s", wrong).isEqualTo(before);
        }
        assertThat(instance().ssh("alice", "bash", "echo in").now().out()).isEqualTo("in\n");
    }

    /// The last: with a second tenant, the first one has to prove its CAs, too.
    @Test
    @Order(Integer.MAX_VALUE)
    void aSecondTenantProvesItsCaAndMayNotTouchTheDoor() throws Exception {
        try (var operator = instance().admin()) {
            var acme = tenant(
                    operator.createTenant(new NewTenant("acme")).adminKey().secret(), "acme");
            var other = tenant(
                    operator.createTenant(new NewTenant("other")).adminKey().secret(), "other");
            sh("ssh-keygen -q -t ed25519 -N '' -f ca && ssh-keygen -q -t ed25519 -N '' -f intruder");
            var ca = line(folder.resolve("ca"));

            var pending = sally(acme, "admin", "sshserver", "apply", "--trusted-ca", ca);
            done(pending);
            assertThat(pending.out()).contains("not trusted yet").contains("none, so nobody can log in");
            var command = command(pending);
            var others = command(sally(other, "admin", "sshserver", "apply", "--trusted-ca", ca));

            for (var wrong : List.of(
                    command.replace("./ca ", "./intruder "),
                    others,
                    command.replace("-n ca-proof@sallyport", "-n file"))) {
                sh(wrong);
                var refused = sally(
                        acme,
                        "admin",
                        "sshserver",
                        "apply",
                        "--proof",
                        folder.resolve("ca.proof").toString());
                assertThat(refused.status()).as("%s: %s", wrong, refused).isEqualTo(2);
            }
            assertThat(sally(acme, "admin", "sshserver", "get").out()).contains("not trusted yet");

            sh(command);
            var proven = sally(
                    acme,
                    "admin",
                    "sshserver",
                    "apply",
                    "--proof",
                    folder.resolve("ca.proof").toString());
            done(proven);
            assertThat(proven.out()).contains("trusted CA").doesNotContain("not trusted yet");

            sh("ssh-keygen -q -t ed25519 -N '' -f next");
            var replacing = sally(acme, "admin", "sshserver", "apply", "--trusted-ca", line(folder.resolve("next")));
            done(replacing);
            assertThat(replacing.out()).contains("trusted CA").contains("not trusted yet");
            assertThat(replacing.err()).contains("stays trusted until every CA of the new list is proven");
            sh(command(replacing).replace("./ca ", "./next "));
            var replaced = sally(
                    acme,
                    "admin",
                    "sshserver",
                    "apply",
                    "--proof",
                    folder.resolve("ca.proof").toString());
            done(replaced);
            assertThat(replaced.out())
                    .contains(line(folder.resolve("next")).split(" ", -1)[1])
                    .doesNotContain(ca.split(" ", -1)[1]);

            var door = sally(
                    acme, "admin", "sshserver", "apply", "--listen-address", "127.0.0.1:1", "--cert-attr", "key_id");
            assertThat(door.status()).as("%s", door).isEqualTo(2);
            assertThat(door.err()).contains("belongs to the operator");
            assertThat(sally(acme, "admin", "sshserver", "get").out()).contains("the certificate's principal");
        }
    }

    /// The line that the CLI says to run.
    private static String command(Ran ran) {
        return ran.err()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("printf "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(ran.toString()));
    }

    /// A configuration for the CLI as that tenant's admin.
    private Path tenant(String key, String name) throws Exception {
        var url = Files.readAllLines(instance().folder().resolve("cli.json")).stream()
                .filter(line -> line.contains("\"url\""))
                .findFirst()
                .orElseThrow();
        var file = Files.writeString(folder.resolve(name + ".json"), "{" + url + "\"key\": \"" + key + "\"}");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static Ran sally(Path config, String... words) throws Exception {
        var all = new ArrayList<>(List.of(Instance.ROOT.resolve("sally").toString(), "--config", config.toString()));
        all.addAll(List.of(words));
        return Run.of(all, Map.of("NO_COLOR", "1")).now();
    }

    private Ran apply(String... words) throws Exception {
        var all = new ArrayList<>(List.of("admin", "sshserver", "apply"));
        all.addAll(List.of(words));
        return instance().sally(all.toArray(String[]::new)).now();
    }

    private String get() throws Exception {
        return instance().sally("admin", "sshserver", "get").now().out();
    }

    private Ran in(Path key) throws Exception {
        return instance().sshAs("alice", key, List.of(), "bash", "echo in").now();
    }

    private void sh(String line) throws Exception {
        done(Run.of(List.of("env", "-C", folder.toString(), "sh", "-c", line)).now());
    }

    private static String line(Path key) throws Exception {
        return Files.readString(Path.of(key + ".pub")).strip();
    }

    private static void done(Ran ran) {
        assertThat(ran.status()).as("%s", ran).isZero();
    }
}
