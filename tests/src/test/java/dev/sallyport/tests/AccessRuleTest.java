package dev.sallyport.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.api.Rules.Rule;
import dev.sallyport.tests.bed.Certificates;
import dev.sallyport.tests.bed.Client;
import dev.sallyport.tests.bed.EndToEnd;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.OnItsOwn;
import dev.sallyport.tests.bed.Ran;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// Access rules that count at some times and from some networks only, and rules for service accounts, with the real
/// `ssh` and rules that `sally` changes while the instance runs.
///
/// `ssh -b` takes another address of the loopback network; windows are written around the time that it is now, by the
/// clocks of a zone that is off by half an hour.
@EndToEnd
@TestInstance(Lifecycle.PER_CLASS)
class AccessRuleTest implements OnItsOwn {

    private static final String ZONE = "Asia/Kolkata";
    private static final String REFUSED = "sally: ";

    private List<Instance> started = List.of();
    private String rule = "";

    /// What the case has made besides, and deletes.
    private final List<List<String>> made = new ArrayList<>();

    @BeforeAll
    void start() throws Exception {
        started = List.of(Instance.start());
        try (var admin = instance().admin()) {
            rule = admin.rules(null).items().stream().map(Rule::id).findFirst().orElseThrow();
        }
    }

    @AfterAll
    void stop() {
        started.forEach(Instance::close);
    }

    @AfterEach
    void asBefore() throws Exception {
        for (var one : made.reversed()) {
            admin(one.toArray(String[]::new));
        }
        made.clear();
        change("--window", "", "--from-network", "");
        soon(() -> assertThat(from("127.0.0.1").out()).isEqualTo("in\n"));
    }

    @Override
    public Instance instance() {
        return started.getFirst();
    }

    @Test
    void aRuleForANetworkLetsInFromThereAndNobodyElse() throws Exception {
        change("--from-network", "127.0.0.2/32", "--from-network", "127.1.0.0/16");
        soon(() -> refused(from("127.0.0.1")));
        for (var address : List.of("127.0.0.2", "127.1.2.3")) {
            assertThat(from(address).out()).as(address).isEqualTo("in\n");
        }
        refused(from("127.0.0.3"));
        assertThat(explained("--from", "127.1.2.3")).isZero();
        assertThat(explained("--from", "127.0.0.3")).isEqualTo(3);
    }

    @Test
    void aDenialForANetworkKeepsOutFromThereAndNobodyElse() throws Exception {
        create("not from there", "--effect", "deny", "--group", "engineers", "--from-network", "127.0.0.3/32");
        soon(() -> refused(from("127.0.0.3")));
        assertThat(from("127.0.0.1").out()).isEqualTo("in\n");
    }

    @Test
    void aSessionEndsWhenItsNetworkIsTakenOutOfTheRuleAndOthersLiveOn() throws Exception {
        try (var ends = open("127.0.0.2");
                var other = open("127.0.0.4")) {
            change("--from-network", "127.0.0.4/32");
            assertThat(ends.ended().status()).as("%s", ends.err()).isEqualTo(253);
            other.type("enough\n");
            assertThat(other.ended().out()).endsWith("enough\n");
        }
    }

    @Test
    void aWindowAroundNowLetsInAndOneThatIsYetToOpenDoesNot() throws Exception {
        change("--window", window(-1, 1));
        assertThat(from("127.0.0.1").out()).isEqualTo("in\n");
        change("--window", window(2, 3));
        soon(() -> refused(from("127.0.0.1")));
        change("--window", window(-3, -2), "--window", window(-1, 2));
        soon(() -> assertThat(from("127.0.0.1").out()).isEqualTo("in\n"));
        assertThat(explained()).isZero();
    }

    @Test
    void aDenialWithAWindowAroundNowKeepsOutAndOneThatIsOverDoesNot() throws Exception {
        var id = create("not now", "--effect", "deny", "--group", "engineers", "--window", window(-1, 1));
        soon(() -> refused(from("127.0.0.1")));
        admin("admin", "rules", "update", id, "--window", window(-4, -2));
        soon(() -> assertThat(from("127.0.0.1").out()).isEqualTo("in\n"));
    }

    @Test
    void aServiceAccountGetsInByARuleThatNamesItAndByItsGroupsAndNotWhenItIsInactive() throws Exception {
        admin("admin", "service-accounts", "create", "deploy-bot");
        made.add(List.of("admin", "service-accounts", "delete", "deploy-bot"));
        String id;
        try (var admin = instance().admin()) {
            id = admin.serviceAccount("deploy-bot").id();
        }
        var certificates = Certificates.of(instance());
        var key = certificates.key("ed25519");
        certificates.certify(certificates.ca(), key, "-n", "deploy," + id, "-I", "deploy-bot", "-V", "+10m");
        soon(() -> refused(bot(key)));

        var named = create("bots", "--service-account", "deploy-bot");
        soon(() -> assertThat(bot(key).out()).isEqualTo("bot\n"));
        try (var admin = instance().admin()) {
            assertThat(admin.rule(named).serviceAccounts()).containsExactly(id);
        }
        admin("admin", "rules", "update", named, "--from-network", "192.0.2.0/24");
        soon(() -> refused(bot(key)));

        admin("admin", "service-accounts", "update", "deploy-bot", "--add-group", "engineers");
        soon(() -> assertThat(bot(key).out()).isEqualTo("bot\n"));
        admin("admin", "service-accounts", "update", "deploy-bot", "--status", "inactive");
        soon(() -> assertThat(bot(key).status()).isNotZero());
        assertThat(bot(key).out()).isEmpty();
    }

    // ----

    private Ran from(String address) throws Exception {
        return instance()
                .sshWith(List.of("-b", address), "alice", "bash", "echo in")
                .now();
    }

    private Client open(String address) throws Exception {
        var client = instance().openWith(List.of("-b", address), "alice", "bash", "echo on; head -1");
        client.awaitOut("on\n");
        return client;
    }

    private Ran bot(Path key) throws Exception {
        return instance().sshAs("deploy", key, List.of(), "bash", "echo bot").now();
    }

    private void refused(Ran ran) throws Exception {
        assertThat(ran.status()).as("%s", ran).isEqualTo(253);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith(REFUSED);
    }

    /// From so many hours after now until so many.
    private static String window(int from, int to) {
        var now = ZonedDateTime.now(ZoneId.of(ZONE));
        var time = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
        return "mon-sun " + time.format(now.plusHours(from)) + "-" + time.format(now.plusHours(to)) + " " + ZONE;
    }

    private Ran admin(String... words) throws Exception {
        var ran = instance().sally(words).now();
        assertThat(ran.status()).as("%s: %s", List.of(words), ran).isZero();
        return ran;
    }

    private void change(String... options) throws Exception {
        var words = new ArrayList<>(List.of("admin", "rules", "update", rule));
        words.addAll(List.of(options));
        admin(words.toArray(String[]::new));
    }

    /// Returns its id.
    private String create(String name, String... options) throws Exception {
        var words = new ArrayList<>(List.of("admin", "rules", "create", name, "--connection", "*"));
        words.addAll(List.of(options));
        admin(words.toArray(String[]::new));
        try (var admin = instance().admin()) {
            var id = admin.rules(null).items().stream()
                    .filter(one -> one.name().equals(name))
                    .map(Rule::id)
                    .findFirst()
                    .orElseThrow();
            made.add(List.of("admin", "rules", "delete", id));
            return id;
        }
    }

    private int explained(String... options) throws Exception {
        var words = new ArrayList<>(List.of("access", "explain", "alice@example.com", "bash", "--mode", "exec"));
        words.addAll(List.of(options));
        return instance().sally(words.toArray(String[]::new)).now().status();
    }

    /// An edge reads its mail twice a second.
    private static void soon(ThrowingRunnable fact) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(fact);
    }
}
