package dev.sallyport.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Keys;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.apikey.Scope;
import dev.sallyport.core.apikey.Scope.Verb;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What keys with scopes may.
final class ScopesTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");

    private Bed.Reply make(String by, String role, @Nullable List<String> scopes) {
        return bed.post(by, "/v1/keys", new Keys.NewKey("scoped", role, "alice@example.com", null, null, null, scopes));
    }

    private String key(String role, String... scopes) {
        return make(acme.admin, role, List.of(scopes)).as(Keys.CreatedKey.class).secret();
    }

    /// On every route, with a key of each scope that is not enough: nothing is done, and the scope is named.
    @Test
    void aKeyWithoutTheScopeOfARouteIsRefusedThereAndToldWhich() {
        var nouns = new HashSet<String>();
        for (var verb : Verb.values()) {
            var lacks = verb == Verb.READ ? key("admin", "*:write") : key("admin", "*:read");
            for (var route : bed.routes()) {
                if (route.scope().filter(scope -> scope.verb() == verb).isEmpty()) {
                    continue;
                }
                nouns.add(route.scope().orElseThrow().noun());
                var path = route.template();
                for (var id : acme.ids().entrySet()) {
                    path = path.replace("{" + id.getKey() + "}", id.getValue());
                }
                var reply = bed.call(route.method(), path, lacks, "{}");
                assertThat(reply.problem().is(Problem.Type.FORBIDDEN))
                        .as(route.toString())
                        .isTrue();
                assertThat(reply.text())
                        .as(route.toString())
                        .contains(route.scope().orElseThrow() + ".");
            }
        }
        assertThat(nouns).isEqualTo(Scope.NOUNS);
    }

    @Test
    void onlyWhatNeedsNoKeyAndWhoAmINeedNoScope() {
        assertThat(bed.routes().stream().filter(route -> route.scope().isEmpty() && !route.open()))
                .extracting(route -> route.template())
                .containsExactly("/v1/me");
        assertThat(bed.get(key("member", "keys:write"), "/v1/me").status()).isEqualTo(200);
    }

    @Test
    void aKeyLearnsItsScopesAndItsEnd() {
        var until = bed.clock.instant().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS);
        var made = bed.post(
                        acme.admin,
                        "/v1/keys",
                        new Keys.NewKey(
                                "scoped", "admin", null, null, until, null, List.of("keys:write", "users:read")))
                .as(Keys.CreatedKey.class);
        var me = bed.get(made.secret(), "/v1/me").as(Me.class);
        assertThat(me.scopes()).containsExactlyInAnyOrder("keys:write", "users:read");
        assertThat(me.expiresAt()).isEqualTo(until);

        var all = bed.get(acme.admin, "/v1/me").as(Me.class);
        assertThat(all.scopes()).isNull();
        assertThat(all.expiresAt()).isNull();
    }

    @Test
    void scopesNarrowTheRoleAndNeverWidenIt() {
        var reader = key("admin", "connections:read");
        assertThat(bed.get(reader, "/v1/connections").status()).isEqualTo(200);
        assertThat(bed.call("HEAD", "/v1/connections", reader, null).status()).isEqualTo(200);
        assertThat(bed.get(reader, "/v1/users").status()).isEqualTo(403);
        assertThat(bed.delete(reader, "/v1/connections/bash").status()).isEqualTo(403);
        assertThat(bed.get(acme.admin, "/v1/connections/bash").status()).isEqualTo(200);

        var member = key("member", "*:read", "*:write");
        assertThat(bed.get(member, "/v1/users").status()).isEqualTo(403);
        assertThat(bed.delete(member, "/v1/connections/bash").status()).isEqualTo(403);
        assertThat(bed.get(member, "/v1/connections").status()).isEqualTo(200);
    }

    @Test
    void aKeyWithScopesMakesNoWiderKey() {
        var maker = key("admin", "keys:write", "*:read");
        assertThat(make(maker, "admin", null).wrongFields()).containsExactly("scopes");
        assertThat(make(maker, "admin", List.of("users:write")).wrongFields()).containsExactly("scopes[0]");
        assertThat(make(maker, "admin", List.of("*:read", "*:write")).wrongFields())
                .containsExactly("scopes[1]");
        var made = make(maker, "auditor", List.of("users:read", "keys:write")).as(Keys.CreatedKey.class);
        assertThat(made.key().scopes()).containsExactlyInAnyOrder("users:read", "keys:write");
        assertThat(bed.get(made.secret(), "/v1/users").status()).isEqualTo(200);

        var narrow = key("admin", "keys:write", "users:read");
        assertThat(make(narrow, "admin", List.of("*:read")).wrongFields()).containsExactly("scopes[0]");
    }

    @Test
    void whatIsNoScopeIsRefused() {
        for (var wrong : List.of("", "connections", "connections:", ":read", "connections:own", "me:read", "**:read")) {
            assertThat(make(acme.admin, "admin", List.of(wrong)).wrongFields())
                    .as(wrong)
                    .containsExactly("scopes[0]");
        }
        assertThat(make(acme.admin, "admin", List.of()).wrongFields()).containsExactly("scopes");
    }

    @Test
    void aKeyWithoutScopesMayAllThatItsRoleMay() {
        var made = make(acme.admin, "auditor", null).as(Keys.CreatedKey.class);
        assertThat(made.key().scopes()).isNull();
        assertThat(bed.get(made.secret(), "/v1/users").status()).isEqualTo(200);
    }
}
