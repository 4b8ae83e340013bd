package dev.sallyport.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Access;
import dev.sallyport.api.Connections;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Keys;
import dev.sallyport.api.Me;
import dev.sallyport.api.Problem;
import dev.sallyport.api.Revocations;
import dev.sallyport.api.Rules;
import dev.sallyport.api.ServiceAccounts;
import dev.sallyport.api.ServiceAccounts.ServiceAccount;
import dev.sallyport.api.ServiceAccounts.ServiceAccountWrite;
import dev.sallyport.api.Users;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// `/v1/service-accounts`, and what belongs to a service account.
final class ServiceAccountsTest {

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");
    private final String one = "/v1/service-accounts/" + acme.account.id();

    private Bed.Reply write(@Nullable String name, @Nullable String subject, @Nullable List<String> groups) {
        return bed.post(acme.admin, "/v1/service-accounts", new ServiceAccountWrite(name, subject, groups, null));
    }

    private Bed.Reply key(@Nullable String user, @Nullable String account) {
        return bed.post(acme.admin, "/v1/keys", new Keys.NewKey("bot", "member", user, account, null, null));
    }

    private Rules.Rule rule(String effect, List<String> accounts) {
        return bed.post(
                        acme.admin,
                        "/v1/access-rules",
                        new Rules.RuleWrite(
                                "bots", effect, null, null, accounts, List.of("bash"), null, null, null, null))
                .as(Rules.Rule.class);
    }

    @Test
    void anAccountIsMadeShownChangedAndDeletedAndEachStandsInTheAuditLog() {
        var made = write("backup.bot", "spiffe://backup", List.of("engineers")).as(ServiceAccount.class);
        assertThat(made.id()).startsWith("svc_");
        assertThat(bed.get(acme.auditor, "/v1/service-accounts/backup.bot").as(ServiceAccount.class))
                .isEqualTo(made);
        assertThat(bed.get(acme.admin, "/v1/service-accounts")
                        .as(ServiceAccounts.Page.class)
                        .items())
                .containsExactly(acme.account, made);
        assertThat(bed.get(acme.admin, "/v1/groups/engineers")
                        .as(Groups.Group.class)
                        .members())
                .contains(made.id());
        assertThat(bed.delete(acme.admin, "/v1/groups/engineers").status()).isEqualTo(409);

        var changed = bed.put(
                        acme.admin,
                        "/v1/service-accounts/" + made.id(),
                        new ServiceAccountWrite("restore-bot", null, List.of(), "inactive"))
                .as(ServiceAccount.class);
        assertThat(changed.status()).isEqualTo("inactive");
        assertThat(bed.get(acme.admin, "/v1/service-accounts/backup.bot").status())
                .isEqualTo(404);
        assertThat(write("backup.bot", "spiffe://backup", null).status()).isEqualTo(201);

        assertThat(bed.delete(acme.admin, "/v1/service-accounts/restore-bot").status())
                .isEqualTo(204);
        assertThat(bed.get(acme.admin, "/v1/service-accounts/" + made.id()).status())
                .isEqualTo(404);
        assertThat(bed.audit(acme.id()).stream().filter(entry -> entry.object().equals(made.id())))
                .extracting(entry -> entry.action())
                .containsExactly("serviceaccount.deleted", "serviceaccount.updated", "serviceaccount.created");
    }

    @Test
    void namesAndSubjectsAreUniqueAndOfTheirForm() {
        assertThat(write("deploy-bot", null, null).problem().is(Problem.Type.CONFLICT))
                .isTrue();
        assertThat(write("a", "same", null).status()).isEqualTo(201);
        assertThat(bed.post(acme.admin, "/v1/users", new Users.UserWrite("carol@example.com", "same", null, null, null))
                        .problem()
                        .is(Problem.Type.CONFLICT))
                .isTrue();
        for (var wrong : List.of("A", "alice@example.com", "svc_1", "-a", "a b", "x".repeat(64))) {
            assertThat(write(wrong, null, null).wrongFields()).as(wrong).containsExactly("name");
        }
        assertThat(write(null, null, List.of("nobody")).wrongFields()).containsExactly("name", "groups[0]");
    }

    /// Else a person could be made a program, or the other way round.
    @Test
    void anAccountIsNoUserAndAUserIsNoAccount() {
        var id = acme.account.id();
        assertThat(bed.get(acme.admin, "/v1/users/" + id).status()).isEqualTo(404);
        assertThat(bed.put(acme.admin, "/v1/users/" + id, new Users.UserWrite("x@example.com", null, null, null, null))
                        .status())
                .isEqualTo(404);
        assertThat(bed.delete(acme.admin, "/v1/users/" + id).status()).isEqualTo(404);
        assertThat(bed.get(acme.admin, "/v1/users").as(Users.Page.class).items())
                .extracting(Users.User::id)
                .containsExactly(acme.alice.id(), acme.bob.id());
        assertThat(bed.get(acme.admin, "/v1/users?cursor=" + id).wrongFields()).containsExactly("cursor");
        assertThat(bed.get(acme.admin, "/v1/service-accounts?cursor=" + acme.alice.id())
                        .wrongFields())
                .containsExactly("cursor");

        assertThat(bed.get(acme.admin, "/v1/service-accounts/" + acme.alice.id())
                        .status())
                .isEqualTo(404);
        assertThat(bed.get(acme.admin, "/v1/service-accounts/alice@example.com").status())
                .isEqualTo(404);
        assertThat(key(id, null).wrongFields()).containsExactly("user");
        assertThat(key(null, acme.alice.id()).wrongFields()).containsExactly("service_account");
    }

    @Test
    void itsKeySeesWhatItsRulesAllowAndStopsCountingWithIt() {
        assertThat(key(null, null).wrongFields()).containsExactly("user");
        assertThat(key("alice@example.com", "deploy-bot").wrongFields()).containsExactly("service_account");
        var key = key(null, "deploy-bot").as(Keys.CreatedKey.class);
        assertThat(key.key().serviceAccount()).isEqualTo(acme.account.id());
        assertThat(key.key().user()).isNull();
        assertThat(bed.get(key.secret(), "/v1/me").as(Me.class).user()).isEqualTo(acme.account.id());
        assertThat(bed.get(key.secret(), "/v1/service-accounts").status()).isEqualTo(403);
        assertThat(visible(key)).isEmpty();

        var rule = rule("allow", List.of("deploy-bot"));
        assertThat(rule.serviceAccounts()).containsExactly(acme.account.id());
        assertThat(rule.users()).isEmpty();
        assertThat(visible(key)).containsExactly("bash");
        rule("deny", List.of(acme.account.id()));
        assertThat(visible(key)).isEmpty();

        bed.put(acme.admin, one, new ServiceAccountWrite("deploy-bot", null, null, "inactive"))
                .as(ServiceAccount.class);
        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(401);
        bed.put(acme.admin, one, new ServiceAccountWrite("deploy-bot", null, null, "active"))
                .as(ServiceAccount.class);
        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(200);
        assertThat(bed.delete(acme.admin, one).status()).isEqualTo(204);
        assertThat(bed.get(key.secret(), "/v1/me").status()).isEqualTo(401);
    }

    private List<String> visible(Keys.CreatedKey key) {
        return bed.get(key.secret(), "/v1/connections").as(Connections.Page.class).items().stream()
                .map(Connections.Connection::name)
                .toList();
    }

    @Test
    void whatItMayIsExplainedAndItsCertificatesAreRevoked() {
        rule("allow", List.of("deploy-bot"));
        var explained = bed.get(acme.auditor, "/v1/access/explain?user=deploy-bot&connection=bash")
                .as(Access.Explanation.class);
        assertThat(explained.allowed()).isTrue();
        assertThat(explained.user()).isEqualTo(acme.account.id());
        assertThat(bed.get(acme.auditor, "/v1/access/who?connection=bash")
                        .as(Access.Page.class)
                        .items())
                .extracting(Access.Allowed::email)
                .containsExactly("deploy-bot", "alice@example.com");

        var revoked = bed.post(
                        acme.admin,
                        "/v1/revocations",
                        new Revocations.NewRevocation("user", "deploy-bot", null, "leaked", null))
                .as(Revocations.Revocation.class);
        assertThat(revoked.value()).isEqualTo(acme.account.id());
    }

    /// Class 27.
    @Test
    void theAccountOfAnotherTenantIsNotThere() {
        var other = new Filled(bed, "other");
        var theirs = other.account.id();
        assertThat(bed.get(acme.admin, "/v1/service-accounts/" + theirs).status())
                .isEqualTo(404);
        assertThat(key(null, theirs).wrongFields()).containsExactly("service_account");
        assertThat(bed.post(
                                acme.admin,
                                "/v1/access-rules",
                                new Rules.RuleWrite(
                                        "x", null, null, null, List.of(theirs), List.of("*"), null, null, null, null))
                        .wrongFields())
                .containsExactly("service_accounts[0]");
        assertThat(bed.get(acme.admin, "/v1/service-accounts/deploy-bot")
                        .as(ServiceAccount.class)
                        .id())
                .isEqualTo(acme.account.id());
    }
}
