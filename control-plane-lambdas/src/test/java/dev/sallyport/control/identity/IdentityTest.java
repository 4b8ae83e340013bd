package dev.sallyport.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Groups;
import dev.sallyport.api.Keys;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Tenants;
import dev.sallyport.api.Users;
import dev.sallyport.control.Bed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class IdentityTest {

    private final Bed bed = new Bed();
    private final Tenants.CreatedTenant acme = bed.tenant("acme");
    private final String admin = acme.adminKey().secret();

    @Test
    void aUserIsMadeShownChangedAndDeletedAndEachStandsInTheAuditLog() {
        bed.post(admin, "/v1/groups", new Groups.NewGroup("engineers")).as(Groups.Group.class);
        var made = bed.post(admin, "/v1/users", user("Alice@Example.com", "Alice", List.of("engineers")))
                .as(Users.User.class);
        assertThat(made.email()).isEqualTo("alice@example.com");
        assertThat(bed.get(admin, "/v1/users/alice@example.com").as(Users.User.class))
                .isEqualTo(made);
        assertThat(bed.get(admin, "/v1/groups/engineers").as(Groups.Group.class).members())
                .containsExactly(made.id());

        var changed = bed.put(admin, "/v1/users/" + made.id(), user("alice@example.org", "A", List.of()))
                .as(Users.User.class);
        assertThat(changed.groups()).isEmpty();
        assertThat(bed.get(admin, "/v1/users/alice@example.com").status()).isEqualTo(404);

        assertThat(bed.delete(admin, "/v1/users/" + made.id()).status()).isEqualTo(204);
        assertThat(bed.get(admin, "/v1/users/" + made.id()).status()).isEqualTo(404);
        assertThat(bed.delete(admin, "/v1/users/" + made.id()).status()).isEqualTo(404);

        var audited = bed.audit(Bed.id(acme)).stream()
                .filter(entry -> entry.object().equals(made.id()))
                .toList();
        assertThat(audited)
                .extracting(entry -> entry.action())
                .containsExactly("user.deleted", "user.updated", "user.created");
        assertThat(audited).allSatisfy(entry -> {
            assertThat(entry.actor()).isEqualTo(acme.adminKey().key().id());
            assertThat(entry.source()).isEqualTo("192.0.2.7");
        });
    }

    @Test
    void everyFieldThatIsWrongIsNamed() {
        var reply = bed.post(
                admin,
                "/v1/users",
                new Users.UserWrite("no address", "sub\u0007ject", "x".repeat(3_000), List.of("nobody"), "gone"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.wrongFields()).containsExactlyInAnyOrder("email", "subject", "name", "groups[0]", "status");
        assertThat(reply.text()).doesNotContain("no address").doesNotContain("nobody");
    }

    @Test
    void aBodyThatIsNotOfTheFormIsRefusedWithItsField() {
        assertThat(bed.post(admin, "/v1/users", "{\"emial\":\"a@b\"}").wrongFields())
                .containsExactly("emial");
        for (var body : List.of("", "null", "[]", "{", "{\"email\":5}", "{\"groups\":\"a\"}", "{\"email\":\"\\ud800")) {
            assertThat(bed.post(admin, "/v1/users", body).wrongFields())
                    .as(body)
                    .containsExactly("body");
        }
        assertThat(bed.post(admin, "/v1/users", "{\"email\":\"a@example.com\",\"groups\":[null]}")
                        .wrongFields())
                .containsExactly("groups[0]");
    }

    /// Class 33.
    @Test
    void textThatIsTooLongIsRefusedBeforeItIsKept() {
        var tooLarge = bed.post(admin, "/v1/users", "{\"name\":\"" + "x".repeat(10_000_000) + "\"}");
        assertThat(tooLarge.problem().is(Problem.Type.TOO_LARGE)).isTrue();

        var tooLong = bed.post(
                admin, "/v1/users", new Users.UserWrite("a@example.com", null, "x".repeat(30_000), null, null));
        assertThat(tooLong.wrongFields()).containsExactly("name");
        // Longer still, and the parser itself gives up before it has the text.
        assertThat(bed.post(admin, "/v1/users", "{\"name\":\"" + "x".repeat(1_000_000) + "\"}")
                        .wrongFields())
                .containsExactly("body");

        var tooMany = new ArrayList<String>();
        for (int i = 0; i < 10_000; i++) {
            tooMany.add("g" + i);
        }
        assertThat(bed.post(admin, "/v1/users", user("a@example.com", "A", tooMany))
                        .wrongFields())
                .containsExactly("groups");
    }

    @Test
    void aSecondUserWithAnAddressIsAConflict() {
        bed.post(admin, "/v1/users", user("a@example.com", "A", null)).as(Users.User.class);

        var second = bed.post(admin, "/v1/users", user("A@example.com", "B", null));

        assertThat(second.problem().is(Problem.Type.CONFLICT)).isTrue();
    }

    @Test
    void aListComesInPagesThatHaveEverythingOnce() {
        var made = new ArrayList<String>();
        for (int i = 0; i < 7; i++) {
            made.add(bed.post(admin, "/v1/users", user("u" + i + "@example.com", "U", null))
                    .as(Users.User.class)
                    .id());
            bed.post(admin, "/v1/groups", new Groups.NewGroup("group " + i)).as(Groups.Group.class);
        }
        var users = new ArrayList<String>();
        @Nullable String cursor = "";
        while (cursor != null) {
            var page = bed.get(admin, "/v1/users?limit=3&cursor=" + cursor).as(Users.Page.class);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(3);
            page.items().forEach(user -> users.add(user.id()));
            cursor = page.next();
        }
        assertThat(users).containsExactlyInAnyOrderElementsOf(made);

        var groups = new ArrayList<String>();
        cursor = "";
        while (cursor != null) {
            var page = bed.get(admin, "/v1/groups?limit=2&cursor=" + cursor).as(Groups.Page.class);
            page.items().forEach(group -> groups.add(group.name()));
            cursor = page.next();
        }
        assertThat(groups).hasSize(7).isSorted();

        for (var path : List.of("/v1/users", "/v1/groups", "/v1/keys")) {
            assertThat(bed.get(admin, path + "?limit=0").wrongFields()).containsExactly("limit");
            assertThat(bed.get(admin, path + "?limit=x").wrongFields()).containsExactly("limit");
            assertThat(bed.get(admin, path + "?cursor=%00!").wrongFields())
                    .as(path)
                    .containsExactly("cursor");
        }
    }

    @Test
    void aGroupThatIsUsedIsNotDeleted() {
        bed.post(admin, "/v1/groups", new Groups.NewGroup("ops")).as(Groups.Group.class);
        bed.post(admin, "/v1/users", user("a@example.com", "A", List.of("ops"))).as(Users.User.class);

        assertThat(bed.delete(admin, "/v1/groups/ops").problem().is(Problem.Type.CONFLICT))
                .isTrue();
    }

    @Test
    void aKeysSecretIsShownOnceAndKeptAsAHash() {
        var made = bed.post(admin, "/v1/keys", new Keys.NewKey("ci", "auditor", null, null, null))
                .as(Keys.CreatedKey.class);

        assertThat(made.secret()).startsWith("sally_");
        assertThat(bed.get(admin, "/v1/keys").text())
                .contains(made.key().id())
                .doesNotContain(made.secret().substring(6));
        assertThat(bed.audit(Bed.id(acme)).toString())
                .doesNotContain(made.secret().substring(6));
        assertThat(bed.get(made.secret(), "/v1/me").as(Me.class).role()).isEqualTo("auditor");
    }

    /// Class 26.
    @Test
    void aKeyCountsFromItsNetworksOnly() {
        var here = bed.post(admin, "/v1/keys", new Keys.NewKey("here", "auditor", null, null, List.of("192.0.2.0/24")))
                .as(Keys.CreatedKey.class);
        var elsewhere = bed.post(
                        admin,
                        "/v1/keys",
                        new Keys.NewKey("there", "auditor", null, null, List.of("198.51.100.0/24", "2001:db8::/32")))
                .as(Keys.CreatedKey.class);

        assertThat(here.key().allowedNetworks()).containsExactly("192.0.2.0/24");
        assertThat(bed.get(here.secret(), "/v1/me").status()).isEqualTo(200);
        assertThat(bed.get(elsewhere.secret(), "/v1/me").text())
                .as("answered as a key that is none")
                .isEqualTo(bed.get("sally_" + "x".repeat(43), "/v1/me").text());
        assertThat(bed.get(elsewhere.secret(), "/v1/me").status()).isEqualTo(401);
        for (var wrong : List.of("10.0.0.0/33", "example.com", "192.0.2.0/24,0.0.0.0/0", "")) {
            assertThat(bed.post(admin, "/v1/keys", new Keys.NewKey("x", "auditor", null, null, List.of(wrong)))
                            .wrongFields())
                    .as(wrong)
                    .containsExactly("allowed_networks[0]");
        }
    }

    @Test
    void aKeyNeedsANameARoleAndForMembersAUser() {
        var wrong = bed.post(admin, "/v1/keys", new Keys.NewKey(null, "member", null, Instant.EPOCH, null));
        assertThat(wrong.wrongFields()).containsExactlyInAnyOrder("name", "user", "expires_at");
        assertThat(bed.post(admin, "/v1/keys", "{\"name\":\"x\"}").wrongFields())
                .containsExactly("role");
    }

    @Test
    void theOperatorMakesTenantsThatStartWithAnAdminKey() {
        bed.operatedBy(acme);
        var made =
                bed.post(admin, "/v1/tenants", new Tenants.NewTenant("other")).as(Tenants.CreatedTenant.class);

        var me = bed.get(made.adminKey().secret(), "/v1/me").as(Me.class);
        assertThat(me.tenant()).isEqualTo(made.tenant().id());
        assertThat(me.role()).isEqualTo("admin");
        assertThat(me.operator()).isFalse();
        assertThat(me.tenantKey()).isEqualTo(made.tenant().publicKey());
        assertThat(bed.get(admin, "/v1/tenants").as(Tenants.Page.class).items()).hasSize(2);
        assertThat(bed.post(admin, "/v1/tenants", new Tenants.NewTenant("Not A Name"))
                        .wrongFields())
                .containsExactly("slug");
        assertThat(bed.post(admin, "/v1/tenants", new Tenants.NewTenant("other"))
                        .problem()
                        .is(Problem.Type.CONFLICT))
                .isTrue();
    }

    @Test
    void whatIsNoRouteIsNotFoundAndAnotherMethodSaysWhichThereAre() {
        for (var path : List.of("/", "/v1", "/v1/", "/v1/nothing", "/v1/users/", "/v1/users//x", "/v1/users/%2")) {
            assertThat(bed.get(admin, path).problem().is(Problem.Type.NOT_FOUND))
                    .as(path)
                    .isTrue();
        }
        var patched = bed.call("PATCH", "/v1/users", admin, "{}");
        assertThat(patched.status()).isEqualTo(405);
        assertThat(patched.headers().get("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    }

    private static Users.UserWrite user(String email, String name, @Nullable List<String> groups) {
        return new Users.UserWrite(email, null, name, groups, null);
    }
}
