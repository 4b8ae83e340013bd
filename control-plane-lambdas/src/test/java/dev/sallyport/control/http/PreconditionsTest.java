package dev.sallyport.control.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Problem;
import dev.sallyport.api.Users;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `ETag`, `If-Match`, `If-None-Match`, `HEAD`, `OPTIONS`.
class PreconditionsTest {

    private final Bed bed = new Bed();
    private Filled acme;

    @BeforeEach
    void fill() {
        acme = new Filled(bed, "acme");
    }

    private String tag(String path) {
        return requireNonNull(bed.get(acme.admin, path).headers().get("ETag"));
    }

    private List<String> changeable() {
        return List.of(
                "/v1/users/" + acme.alice.id(),
                "/v1/connections/" + acme.ids().get("connection"),
                "/v1/access-rules/" + acme.ids().get("rule"),
                "/v1/cas/" + acme.ids().get("ca"),
                "/v1/ssh-server",
                "/v1/settings");
    }

    @Test
    void whatChangedSinceItWasReadIsNotChanged() {
        var path = "/v1/users/" + acme.alice.id();
        var read = tag(path);
        var renamed = new Users.UserWrite(acme.alice.email(), null, "Alice the First", null, null);
        assertThat(bed.call("PUT", path, acme.admin, renamed, Map.of("If-Match", read))
                        .status())
                .isEqualTo(200);

        var again = new Users.UserWrite(acme.alice.email(), null, "Alice the Second", null, null);
        var late = bed.call("PUT", path, acme.admin, again, Map.of("If-Match", read));
        assertThat(late.problem().is(Problem.Type.PRECONDITION_FAILED)).isTrue();
        var deleted = bed.call("DELETE", path, acme.admin, null, Map.of("If-Match", read));
        assertThat(deleted.problem().is(Problem.Type.PRECONDITION_FAILED)).isTrue();
        assertThat(bed.get(acme.admin, path).as(Users.User.class).name()).isEqualTo("Alice the First");

        assertThat(bed.call("PUT", path, acme.admin, again, Map.of("If-Match", "\"other\", " + tag(path)))
                        .status())
                .isEqualTo(200);
        assertThat(bed.call("DELETE", path, acme.admin, null, Map.of("If-Match", "*"))
                        .status())
                .isEqualTo(204);
    }

    @Test
    void aStaleTagStopsEveryChange() {
        for (var path : changeable()) {
            var before = bed.get(acme.admin, path).text();
            for (var method : List.of("PUT", "DELETE")) {
                if (List.of("/v1/ssh-server", "/v1/settings").contains(path) && method.equals("DELETE")) {
                    continue;
                }
                if (path.startsWith("/v1/cas/") && method.equals("PUT")) {
                    continue;
                }
                var reply = bed.call(method, path, acme.admin, "{}", Map.of("If-Match", "\"0\""));
                assertThat(reply.status()).as(method + " " + path).isEqualTo(412);
            }
            assertThat(bed.get(acme.admin, path).text()).isEqualTo(before);
        }
    }

    @Test
    void theTagOfAnUpdateIsTheOneThatIsReadNext() {
        var path = "/v1/users/" + acme.alice.id();
        var updated =
                bed.put(acme.admin, path, new Users.UserWrite(acme.alice.email(), null, "Another name", null, null));
        assertThat(updated.headers()).containsEntry("ETag", tag(path));
    }

    @Test
    void whereAPreconditionIsNotKnownNothingIsDone() {
        var path = "/v1/agents/" + acme.ids().get("agent");
        var reply = bed.call("DELETE", path, acme.admin, null, Map.of("If-Match", "\"0\""));
        assertThat(reply.wrongFields()).containsExactly("If-Match");
        assertThat(bed.get(acme.admin, path).status()).isEqualTo(200);
        var made = bed.call("POST", "/v1/groups", acme.admin, "{\"name\":\"new\"}", Map.of("If-Match", "*"));
        assertThat(made.wrongFields()).containsExactly("If-Match");
        assertThat(bed.get(acme.admin, "/v1/groups/new").status()).isEqualTo(404);
    }

    @Test
    void whatTheSenderHasIsNotSentAgain() {
        var path = "/v1/users/" + acme.alice.id();
        var known = bed.call("GET", path, acme.admin, null, Map.of("If-None-Match", tag(path)));
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.bytes()).isEmpty();
        assertThat(known.headers()).containsEntry("ETag", tag(path));
        assertThat(bed.call("GET", path, acme.admin, null, Map.of("If-None-Match", "\"0\""))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void headIsGetWithoutTheBody() {
        var path = "/v1/users/" + acme.alice.id();
        var read = bed.get(acme.admin, path);
        var head = bed.call("HEAD", path, acme.admin, null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.bytes()).isEmpty();
        assertThat(head.headers())
                .containsEntry("ETag", read.headers().get("ETag"))
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Content-Length", Integer.toString(read.bytes().length));
        assertThat(bed.call("HEAD", "/v1/users/nobody@example.com", acme.admin, null)
                        .status())
                .isEqualTo(404);
        assertThat(bed.call("HEAD", path, "", null).status()).isEqualTo(401);
    }

    @Test
    void optionsTellsTheMethodsToThoseWhoHaveAKey() {
        var path = "/v1/users/" + acme.alice.id();
        var options = bed.call("OPTIONS", path, acme.bobsKey, null);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.headers()).containsEntry("Allow", "DELETE, GET, HEAD, OPTIONS, PUT");
        assertThat(options.headers().keySet()).noneMatch(name -> name.startsWith("Access-Control"));
        assertThat(bed.call("OPTIONS", path, "", null).status()).isEqualTo(401);
        assertThat(bed.call("OPTIONS", "/v1/nothing", acme.admin, null).status())
                .isEqualTo(404);
        assertThat(bed.call("PATCH", path, acme.admin, "{}").headers())
                .containsEntry("Allow", "DELETE, GET, HEAD, OPTIONS, PUT");
    }
}
