package dev.sallyport.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Keys;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Sessions;
import dev.sallyport.api.Users;
import dev.sallyport.control.http.Router.Route;
import dev.sallyport.core.apikey.ApiKey.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Who may do what, tried on every route.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PermissionsTest {

    private final Bed bed = new Bed();
    private Filled acme = new Filled(bed, "acme");
    private Filled other = new Filled(bed, "other");

    @BeforeAll
    void operator() {
        bed.operatedBy(bed.tenant("operator"));
    }

    @Test
    void withoutAKeyEveryRouteSaysTheSame() {
        var answers = new TreeSet<String>();
        for (var route : keyed()) {
            for (var key : List.of("", "sally_", "sally_" + "A".repeat(43), acme.admin + "x", "x" + acme.admin)) {
                var reply = bed.call(route.method(), path(route, acme.ids()), key, "{}");
                assertThat(reply.status()).as(route.toString()).isEqualTo(401);
                answers.add(reply.text());
            }
        }
        assertThat(bed.get("", "/v1/nowhere").text()).isEqualTo(answers.first());
        assertThat(answers).hasSize(1);
    }

    @Test
    void aRoleIsRefusedOnEveryRouteThatIsNotForIt() {
        var keys = Map.of(Role.AUDITOR, acme.auditor, Role.MEMBER, acme.alicesKey);
        keys.forEach((role, key) -> {
            for (var route : keyed()) {
                if (!route.roles().contains(role)) {
                    var reply = bed.call(route.method(), path(route, acme.ids()), key, "{}");
                    assertThat(reply.problem().is(Problem.Type.FORBIDDEN))
                            .as(role + " " + route)
                            .isTrue();
                }
            }
        });
    }

    @Test
    void whoMayOnlyReadChangesNothing() {
        for (var route : keyed()) {
            if (route.template().startsWith("/v1/reviews/")) {
                // members decide what they are named for
                assertThat(route.method().equals("GET") || !route.roles().contains(Role.AUDITOR))
                        .as(route.toString())
                        .isTrue();
            } else if (!route.method().equals("GET")
                    && !route.template().endsWith("/kill")
                    && !route.template().startsWith("/v1/dry-runs/")) {
                assertThat(route.roles()).as(route.toString()).containsExactly(Role.ADMIN);
            }
        }
        var killed = bed.post(acme.auditor, "/v1/sessions/" + acme.session + "/kill", "{}");
        assertThat(killed.problem().is(Problem.Type.FORBIDDEN)).isTrue();
    }

    /// Class 27: what another tenant has is answered exactly as what nobody has.
    @Test
    void anIdOfAnotherTenantIsAnsweredLikeOneThatIsNotThere() {
        var nowhere = new TreeMap<String, String>();
        Map.of(
                        "tenant", "ten",
                        "user", "usr",
                        "account", "svc",
                        "group", "grp",
                        "key", "key",
                        "agent", "agt",
                        "connection", "con",
                        "test", "tst",
                        "rule", "rul",
                        "session", "ses")
                .forEach((name, prefix) -> nowhere.put(name, prefix + "_" + "0".repeat(26)));
        nowhere.put("guardrail", "grd_" + "0".repeat(26));
        nowhere.put("masking_rule", "msk_" + "0".repeat(26));
        nowhere.put("ca", "0".repeat(43));
        nowhere.put("number", "0");
        nowhere.put("minute", "202601010000");
        for (var key : List.of(acme.admin, acme.auditor, acme.alicesKey)) {
            for (var route : keyed()) {
                if (!route.template().contains("{")
                        || route.template().contains("{minute}")
                        || route.template().contains("{revocation}")) {
                    continue;
                }
                for (var body : List.of("{}", "not json", "{\"reason\":\"x\"}")) {
                    var theirs = bed.call(route.method(), path(route, other.ids()), key, body);
                    var nobodys = bed.call(route.method(), path(route, nowhere), key, body);
                    assertThat(theirs.status()).as(route + " " + body).isBetween(400, 499);
                    assertThat(theirs.text()).as(route + " " + body).isEqualTo(nobodys.text());
                }
            }
        }
        assertThat(bed.get(other.admin, "/v1/users/" + other.alice.id()).status())
                .isEqualTo(200);
    }

    @Test
    void namesOfAnotherTenantsThingsMeanOnesOwnOrNothing() {
        var mine = bed.get(acme.admin, "/v1/users/alice@example.com").as(Users.User.class);
        assertThat(mine.id()).isEqualTo(acme.alice.id()).isNotEqualTo(other.alice.id());

        var only = bed.post(other.admin, "/v1/users", Filled.user("only-there", List.of()));
        assertThat(only.status()).isEqualTo(201);
        assertThat(bed.get(acme.admin, "/v1/users/only-there@example.com").status())
                .isEqualTo(404);
    }

    /// Classes 25 and 27.
    @Test
    void aMemberSeesItsOwnSessionsOnly() {
        var own = bed.get(acme.alicesKey, "/v1/sessions").as(Sessions.Page.class);
        assertThat(own.items()).extracting(Sessions.Session::id).contains(acme.session.value());

        for (var path : List.of("", "/recording", "/recording/chunks")) {
            var address = "/v1/sessions/" + acme.session + path;
            assertThat(bed.get(acme.alicesKey, address).status()).as(path).isEqualTo(200);
            assertThat(bed.get(acme.bobsKey, address).status()).as(path).isEqualTo(404);
            assertThat(bed.get(other.admin, address).status()).as(path).isEqualTo(404);
        }
        assertThat(bed.get(acme.bobsKey, "/v1/sessions").as(Sessions.Page.class).items())
                .isEmpty();
        assertThat(bed.get(acme.bobsKey, "/v1/sessions?user=alice@example.com")
                        .as(Sessions.Page.class)
                        .items())
                .isEmpty();
        assertThat(bed.post(acme.bobsKey, "/v1/sessions/" + acme.session + "/kill", "{}")
                        .status())
                .isEqualTo(404);
    }

    /// Class 26: a key may no more than its user.
    @Test
    void theKeyOfAUserWhoIsNotActiveStopsCounting() {
        var carol = bed.post(acme.admin, "/v1/users", Filled.user("carol", List.of()))
                .as(Users.User.class);
        var key = bed.post(acme.admin, "/v1/keys", new Keys.NewKey("carol", "admin", carol.id(), null, null))
                .as(Keys.CreatedKey.class);
        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(200);

        bed.put(acme.admin, "/v1/users/" + carol.id(), new Users.UserWrite(carol.email(), null, null, null, "inactive"))
                .as(Users.User.class);

        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(401);
    }

    @Test
    void aDeletedKeyStopsCounting() {
        var key = bed.post(acme.admin, "/v1/keys", new Keys.NewKey("short", "auditor", null, null, null))
                .as(Keys.CreatedKey.class);
        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(200);

        assertThat(bed.delete(acme.admin, "/v1/keys/" + key.key().id()).status())
                .isEqualTo(204);

        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(401);
    }

    @Test
    void tenantsAreForTheOperatorOnly() {
        assertThat(bed.get(acme.admin, "/v1/tenants").status()).isEqualTo(403);
        assertThat(bed.get(acme.admin, "/v1/tenants/" + acme.tenant.tenant().id())
                        .status())
                .isEqualTo(403);
        assertThat(bed.post(acme.admin, "/v1/tenants", "{\"slug\":\"more\"}").status())
                .isEqualTo(403);
    }

    private List<Route> keyed() {
        return bed.routes().stream().filter(route -> !route.open()).toList();
    }

    private static String path(Route route, Map<String, String> ids) {
        var path = route.template();
        for (var id : ids.entrySet()) {
            path = path.replace("{" + id.getKey() + "}", id.getValue());
        }
        return path;
    }
}
