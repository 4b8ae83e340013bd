package dev.sallyport.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Revocations;
import dev.sallyport.api.Revocations.NewRevocation;
import dev.sallyport.api.Rules;
import dev.sallyport.api.Rules.RuleWrite;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RulesAndRevocationsTest {

    private static final String FINGERPRINT = "SHA256:" + "A".repeat(43);

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");

    @Test
    void aRuleIsMadeShownChangedAndDeleted() {
        var made = bed.post(
                        acme.admin,
                        "/v1/access-rules",
                        new RuleWrite(
                                "bob runs things",
                                "allow",
                                null,
                                List.of("bob@example.com"),
                                List.of("b*"),
                                null,
                                List.of("exec")))
                .as(Rules.Rule.class);
        assertThat(made.users()).containsExactly(acme.bob.id());
        assertThat(made.modes()).containsExactly("exec");
        assertThat(bed.get(acme.bobsKey, "/v1/connections").text()).contains("\"modes\":[\"exec\"]");

        var changed = bed.put(
                        acme.admin,
                        "/v1/access-rules/" + made.id(),
                        new RuleWrite(
                                "bob runs nothing", "deny", null, List.of(acme.bob.id()), List.of("*"), null, null))
                .as(Rules.Rule.class);
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.modes()).containsExactly("connect", "exec");
        assertThat(bed.get(acme.bobsKey, "/v1/connections").text()).contains("\"items\":[]");

        assertThat(bed.delete(acme.admin, "/v1/access-rules/" + made.id()).status())
                .isEqualTo(204);
        assertThat(bed.audit(acme.id()).stream().filter(entry -> entry.object().equals(made.id())))
                .extracting(entry -> entry.action())
                .containsExactly("accessrule.deleted", "accessrule.updated", "accessrule.created");
    }

    @Test
    void aRuleThatSpeaksOfNobodyOrNothingIsRefusedWithItsFields() {
        assertThat(rule(new RuleWrite(null, "perhaps", null, null, null, null, List.of("fly"))))
                .containsExactlyInAnyOrder("name", "effect", "groups", "connections", "modes[0]");
        assertThat(rule(new RuleWrite(
                        "x", null, List.of("nobody"), List.of("nobody@example.com"), List.of("*"), null, null)))
                .containsExactlyInAnyOrder("groups[0]", "users[0]");
        assertThat(rule(new RuleWrite("x", null, List.of("engineers"), null, List.of("B A D"), null, null)))
                .containsExactly("connections");
    }

    @Test
    void aRuleSaysWhenAndFromWhereItCounts() {
        var window = new Rules.Window(List.of("sun", "fri"), "22:00", "06:00", "Europe/Berlin");
        var made = bed.post(acme.admin, "/v1/access-rules", under(List.of("192.0.2.0/24", "2001:db8::7"), window))
                .as(Rules.Rule.class);
        assertThat(made.sourceNetworks()).containsExactly("192.0.2.0/24", "2001:db8::7");
        assertThat(made.timeWindows())
                .containsExactly(new Rules.Window(List.of("fri", "sun"), "22:00", "06:00", "Europe/Berlin"));
        assertThat(bed.get(acme.admin, "/v1/access-rules/" + made.id()).as(Rules.Rule.class))
                .isEqualTo(made);
        assertThat(bed.audit(acme.id()).getFirst().details())
                .containsEntry("windows", "FRIDAY,SUNDAY 22:00 06:00 Europe/Berlin")
                .containsEntry("networks", "192.0.2.0/24,2001:db8::7");

        assertThat(rule(under(
                        List.of("here", "192.0.2.0/33", "192.0.2.1,192.0.2.2"),
                        new Rules.Window(List.of("someday"), "24:00", null, "+01:00"))))
                .containsExactlyInAnyOrder(
                        "source_networks[0]",
                        "source_networks[1]",
                        "source_networks[2]",
                        "time_windows[0].days[0]",
                        "time_windows[0].from",
                        "time_windows[0].to",
                        "time_windows[0].zone");
        assertThat(rule(new RuleWrite(
                        "x",
                        null,
                        List.of("engineers"),
                        null,
                        List.of("*"),
                        null,
                        null,
                        null,
                        Collections.nCopies(17, window))))
                .containsExactly("time_windows");
    }

    private static RuleWrite under(List<String> networks, Rules.Window window) {
        return new RuleWrite(
                "nights", "allow", List.of("engineers"), null, List.of("*"), null, null, networks, List.of(window));
    }

    @Test
    void everyKindOfRevocationIsMadeListedAndTakenBack() {
        var revocations = List.of(
                new NewRevocation("serial", "18446744073709551615", FINGERPRINT, "lost", null),
                new NewRevocation("key_id", "alice's # laptop", null, null, null),
                new NewRevocation("key", FINGERPRINT, null, null, null),
                new NewRevocation(
                        "ca", FINGERPRINT, null, null, bed.clock.instant().plusSeconds(60)),
                new NewRevocation("user", acme.alice.email(), null, null, null));
        for (var revocation : revocations) {
            var made = bed.post(acme.admin, "/v1/revocations", revocation).as(Revocations.Revocation.class);
            assertThat(made.kind()).isEqualTo(revocation.kind());
            assertThat(bed.get(acme.auditor, "/v1/revocations")
                            .as(Revocations.Page.class)
                            .items())
                    .contains(made);
            assertThat(bed.delete(acme.admin, "/v1/revocations/" + made.id()).status())
                    .isEqualTo(204);
            assertThat(bed.delete(acme.admin, "/v1/revocations/" + made.id()).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void aRevocationThatSaysNothingIsRefusedWithItsFields() {
        assertThat(revocation(new NewRevocation(null, null, null, null, null)))
                .containsExactlyInAnyOrder("kind", "value");
        assertThat(revocation(new NewRevocation("serial", "1", null, null, null)))
                .containsExactly("ca");
        assertThat(revocation(new NewRevocation("serial", "one", FINGERPRINT, null, null)))
                .containsExactly("value");
        assertThat(revocation(new NewRevocation("serial", "1", "SHA256:x", null, null)))
                .containsExactly("ca");
        assertThat(revocation(new NewRevocation("key", "SHA256:x", null, null, null)))
                .containsExactly("value");
        assertThat(revocation(new NewRevocation("user", "nobody@example.com", null, null, null)))
                .containsExactly("value");
        assertThat(revocation(new NewRevocation("key_id", "x", null, "y".repeat(1_001), null)))
                .containsExactly("reason");
    }

    private List<String> rule(RuleWrite write) {
        return bed.post(acme.admin, "/v1/access-rules", write).wrongFields();
    }

    private List<String> revocation(NewRevocation revocation) {
        return bed.post(acme.admin, "/v1/revocations", revocation).wrongFields();
    }
}
