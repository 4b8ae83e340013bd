package dev.sallyport.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.api.Keys;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Bed.Reply;
import dev.sallyport.control.Filled;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.KeyId;
import dev.sallyport.store.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `Idempotency-Key`.
class OnceOnlyTest {

    private static final Keys.NewKey NEW_KEY = new Keys.NewKey("deploys", "auditor", null, null, null);

    // Near now: the store itself removes what has expired by its own clock.
    private final MutableClock clock = new MutableClock(Instant.now());
    private final Bed bed = new Bed(clock);
    private Filled acme;

    @BeforeEach
    void fill() {
        acme = new Filled(bed, "acme");
    }

    private Reply post(String key, String path, Object body, String name) {
        return bed.call("POST", path, key, body, Map.of("Idempotency-Key", name));
    }

    private long keys() {
        return bed.get(acme.admin, "/v1/keys").as(Keys.Page.class).items().stream()
                .filter(key -> key.name().equals("deploys"))
                .count();
    }

    @Test
    void aRequestThatComesTwiceIsDoneOnceAndAnsweredTheSame() {
        var first = post(acme.admin, "/v1/keys", NEW_KEY, "1");
        var second = post(acme.admin, "/v1/keys", NEW_KEY, "1");

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(second.headers()).containsEntry("Idempotent-Replayed", "true");
        assertThat(first.headers()).doesNotContainKey("Idempotent-Replayed");
        assertThat(keys()).isEqualTo(1);
        assertThat(post(acme.admin, "/v1/keys", NEW_KEY, "2").status()).isEqualTo(201);
        assertThat(keys()).isEqualTo(2);
    }

    @Test
    void anotherRequestWithTheKeyIsNotDone() {
        assertThat(post(acme.admin, "/v1/keys", NEW_KEY, "1").status()).isEqualTo(201);
        var other = post(acme.admin, "/v1/keys", new Keys.NewKey("other", "auditor", null, null, null), "1");
        assertThat(other.problem().is(Problem.Type.REUSED_KEY)).isTrue();
        var elsewhere = post(acme.admin, "/v1/groups", NEW_KEY, "1");
        assertThat(elsewhere.problem().is(Problem.Type.REUSED_KEY)).isTrue();
    }

    @Test
    void whatWasRefusedMayBeSentAgain() {
        assertThat(post(acme.admin, "/v1/groups", "{\"name\":\"\"}", "1").status())
                .isEqualTo(400);
        assertThat(post(acme.admin, "/v1/groups", "{\"name\":\"new\"}", "1").status())
                .isEqualTo(201);
        assertThat(post(acme.admin, "/v1/groups", "{\"name\":\"new\"}", "2").status())
                .as("taken")
                .isEqualTo(409);
        assertThat(bed.delete(acme.admin, "/v1/groups/new").status()).isEqualTo(204);
        assertThat(post(acme.admin, "/v1/groups", "{\"name\":\"new\"}", "2").status())
                .isEqualTo(201);
    }

    /// A function that died, or a store that went away, in the middle.
    @Test
    void whatWasBegunAndNeverAnsweredIsNotDoneAgain() {
        var request = "{\"name\":\"new\"}";
        bed.store
                .answeredRequests()
                .begin(
                        Bed.id(acme.tenant),
                        new KeyId(adminsKey()),
                        Sha256.of("1".getBytes(StandardCharsets.UTF_8)).hex(),
                        Sha256.of(("/v1/groups\n{}\n" + request).getBytes(StandardCharsets.UTF_8))
                                .hex());

        var reply = post(acme.admin, "/v1/groups", request, "1");

        assertThat(reply.problem().is(Problem.Type.CONFLICT)).isTrue();
        assertThat(bed.get(acme.admin, "/v1/groups/new").status()).isEqualTo(404);
    }

    private String adminsKey() {
        return bed.get(acme.admin, "/v1/me").as(Me.class).key();
    }

    @Test
    void afterADayItIsANewRequest() {
        assertThat(post(acme.admin, "/v1/keys", NEW_KEY, "1").status()).isEqualTo(201);
        clock.advance(Duration.ofHours(25));
        assertThat(post(acme.admin, "/v1/keys", NEW_KEY, "1").headers()).doesNotContainKey("Idempotent-Replayed");
        assertThat(keys()).isEqualTo(2);
    }

    @Test
    void aNameCountsForTheKeyThatSentIt() {
        var other = new Filled(bed, "other");
        assertThat(post(acme.admin, "/v1/keys", NEW_KEY, "1").status()).isEqualTo(201);
        var theirs = post(other.admin, "/v1/keys", NEW_KEY, "1");
        assertThat(theirs.headers()).doesNotContainKey("Idempotent-Replayed");
        var second = post(acme.admin, "/v1/keys", new Keys.NewKey("second", "admin", null, null, null), "3")
                .as(Keys.CreatedKey.class)
                .secret();
        assertThat(post(second, "/v1/keys", NEW_KEY, "1").headers()).doesNotContainKey("Idempotent-Replayed");
    }

    @Test
    void everyFunctionForgetsWhatItRefused() {
        for (var path : List.of("/v1/keys", "/v1/access-rules", "/v1/sessions/ses_0/kill")) {
            for (int time = 0; time < 2; time++) {
                assertThat(post(acme.admin, path, "{}", "1").status()).as(path).isIn(400, 404);
            }
        }
        var kill = "/v1/sessions/" + acme.session + "/kill";
        var killed = post(acme.admin, kill, "{}", "1");
        assertThat(killed.status()).isEqualTo(202);
        assertThat(post(acme.admin, kill, "{}", "1").text()).isEqualTo(killed.text());
    }

    @Test
    void keysThatAreNoKeysAreRefused() {
        for (var name : new String[] {"a b", "ä", "x".repeat(256)}) {
            assertThat(post(acme.admin, "/v1/keys", NEW_KEY, name).wrongFields())
                    .as(name)
                    .containsExactly("Idempotency-Key");
        }
        assertThat(keys()).isZero();
    }

    /// Answers hold secrets: what is kept of them is of no use to whoever reads the store.
    @Test
    void keptAnswersOpenForTheirSenderOnly() {
        var answer = new Answer(
                201, "application/json", "{\"secret\":\"sally_x\"}".getBytes(StandardCharsets.UTF_8), Map.of("A", "b"));
        var sealed = new SealedAnswer("Bearer one", "name").close(answer);

        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("sally_x");
        var opened = new SealedAnswer("Bearer one", "name").open(sealed);
        assertThat(opened.body()).isEqualTo(answer.body());
        assertThat(opened.headers()).isEqualTo(answer.headers());
        assertThat(opened.status()).isEqualTo(201);
        assertThatThrownBy(() -> new SealedAnswer("Bearer two", "name").open(sealed))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new SealedAnswer("Bearer one", "other").open(sealed))
                .isInstanceOf(IllegalStateException.class);
        sealed[20] ^= 1;
        assertThatThrownBy(() -> new SealedAnswer("Bearer one", "name").open(sealed))
                .isInstanceOf(IllegalStateException.class);
    }
}
