package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Access;
import dev.sallyport.api.Rules;
import dev.sallyport.api.Users;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `/v1/access`.
class ExplainTest {

    private final Bed bed = new Bed();
    private Filled acme;

    @BeforeEach
    void fill() {
        acme = new Filled(bed, "acme");
    }

    private Access.Explanation explain(String user, String connection, String mode) {
        return bed.get(acme.auditor, "/v1/access/explain?user=" + user + "&connection=" + connection + "&mode=" + mode)
                .as(Access.Explanation.class);
    }

    private void rule(String name, String effect, String mode) {
        bed.post(
                        acme.admin,
                        "/v1/access-rules",
                        new Rules.RuleWrite(
                                name, effect, List.of("engineers"), null, List.of("ba*"), null, List.of(mode)))
                .as(Rules.Rule.class);
    }

    @Test
    void theRulesThatAllowAreNamed() {
        var allowed = explain("alice@example.com", "bash", "exec");
        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.because()).isEqualTo("An access rule allows it.");
        assertThat(allowed.rules()).extracting(Rules.Rule::id).containsExactly(acme.rule.id());
        assertThat(allowed.user()).isEqualTo(acme.alice.id());

        var nobody = explain(acme.bob.id(), acme.connection.id(), "connect");
        assertThat(nobody.allowed()).isFalse();
        assertThat(nobody.because()).isEqualTo("No access rule speaks of it.");
        assertThat(nobody.rules()).isEmpty();
        assertThat(nobody.connection()).isEqualTo("bash");
    }

    @Test
    void aDenialIsNamedAloneAndForItsModeOnly() {
        rule("more", "allow", "exec");
        assertThat(explain("alice@example.com", "bash", "exec").because()).isEqualTo("2 access rules allow it.");
        rule("freeze", "deny", "exec");
        var denied = explain("alice@example.com", "bash", "exec");
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.because()).isEqualTo("An access rule denies it.");
        assertThat(denied.rules()).extracting(Rules.Rule::name).containsExactly("freeze");
        assertThat(explain("alice@example.com", "bash", "connect").allowed()).isTrue();
    }

    @Test
    void itIsAskedForATimeAndAnAddress() {
        bed.put(
                        acme.admin,
                        "/v1/access-rules/" + acme.rule.id(),
                        new Rules.RuleWrite(
                                "mornings, in the office",
                                "allow",
                                List.of("engineers"),
                                null,
                                List.of("*"),
                                null,
                                null,
                                List.of("192.0.2.0/24"),
                                List.of(new Rules.Window(List.of("mon"), "08:00", "12:00", "Europe/Berlin"))))
                .as(Rules.Rule.class);
        var asked = "/v1/access/explain?user=alice@example.com&connection=bash";
        var monday = "&at=2026-11-23T10:00:00Z";
        assertThat(answer(asked + monday + "&from=192.0.2.7").allowed()).isTrue();
        for (var other : List.of(
                monday,
                monday + "&from=192.0.3.7",
                "&at=2026-11-23T11:00:00Z&from=192.0.2.7",
                "&from=192.0.2.7&at=2026-11-24T10:00:00Z")) {
            var denied = answer(asked + other);
            assertThat(denied.allowed()).as(other).isFalse();
            assertThat(denied.because()).contains("counts at that time and from there");
            assertThat(denied.resting()).extracting(Rules.Rule::id).containsExactly(acme.rule.id());
        }
        assertThat(bed.get(acme.auditor, "/v1/access/who?connection=bash" + monday + "&from=192.0.2.7")
                        .as(Access.Page.class)
                        .items())
                .hasSize(1);
        assertThat(bed.get(acme.auditor, "/v1/access/who?connection=bash" + monday)
                        .as(Access.Page.class)
                        .items())
                .isEmpty();
        assertThat(bed.get(acme.auditor, asked + "&at=tomorrow&from=192.0.2.0/24")
                        .wrongFields())
                .containsExactly("at", "from");
    }

    private Access.Explanation answer(String asked) {
        return bed.get(acme.auditor, asked).as(Access.Explanation.class);
    }

    @Test
    void whoIsNotActiveMayNothing() {
        bed.put(
                        acme.admin,
                        "/v1/users/" + acme.alice.id(),
                        new Users.UserWrite(acme.alice.email(), null, null, List.of("engineers"), "inactive"))
                .as(Users.User.class);
        var inactive = explain(acme.alice.id(), "bash", "exec");
        assertThat(inactive.allowed()).isFalse();
        assertThat(inactive.because()).isEqualTo("The user is not active.");
        assertThat(who("bash").items()).isEmpty();
    }

    private Access.Page who(String connection) {
        return bed.get(acme.auditor, "/v1/access/who?connection=" + connection).as(Access.Page.class);
    }

    @Test
    void whoMayIsListedWithTheModes() {
        assertThat(who("bash").items())
                .containsExactly(new Access.Allowed(acme.alice.id(), "alice@example.com", List.of("connect", "exec")));
        rule("freeze", "deny", "exec");
        assertThat(who("bash").items()).extracting(Access.Allowed::modes).containsExactly(List.of("connect"));
    }

    @Test
    void whatIsNotThereIsNamedAsTheFieldThatIsWrong() {
        var other = new Filled(bed, "other");
        var asked = "/v1/access/explain?user=" + other.alice.id() + "&connection=" + other.connection.id() + "&mode=no";
        assertThat(bed.get(acme.admin, asked).wrongFields()).containsExactly("user", "connection", "mode");
        assertThat(bed.get(acme.admin, "/v1/access/explain").wrongFields()).containsExactly("user", "connection");
        assertThat(bed.get(acme.admin, "/v1/access/who?connection=nothing").wrongFields())
                .containsExactly("connection");
        assertThat(bed.get(acme.alicesKey, "/v1/access/who?connection=bash").status())
                .isEqualTo(403);
    }
}
