package dev.sallyport.control.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.Connections;
import dev.sallyport.api.DryRuns;
import dev.sallyport.api.Groups;
import dev.sallyport.api.Guardrails;
import dev.sallyport.api.MaskingRules;
import dev.sallyport.api.Problem;
import dev.sallyport.control.Bed;
import dev.sallyport.control.Filled;
import dev.sallyport.core.audit.Actor;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.policy.BadPolicy;
import dev.sallyport.core.policy.PolicyDocument;
import dev.sallyport.core.policy.SignedPolicy;
import dev.sallyport.core.tenant.Tenant;
import dev.sallyport.store.Policies;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GuardrailRoutesTest {

    private static final String NO_ROWS = "rule rows\n  block\n  when every row\n  say Name your rows.";

    private final Bed bed = new Bed();
    private final Filled acme = new Filled(bed, "acme");

    private PolicyDocument verified() {
        var policy = bed.store
                .policies()
                .policy(acme.id())
                .map(Policies.Policy::signed)
                .flatMap(it -> it);
        return verified(policy.orElseThrow());
    }

    private PolicyDocument verified(SignedPolicy signed) {
        try {
            return signed.verify(bed.signers.of(acme.id()).publicKey());
        } catch (BadPolicy e) {
            throw new AssertionError("the stored policy is not what the control plane signed", e);
        }
    }

    private static Guardrails.GuardrailWrite write(@Nullable String name, @Nullable String rules) {
        return new Guardrails.GuardrailWrite(name, null, rules, null, null, null, null, null);
    }

    private List<AuditEntry> audit(String object) {
        return bed.audit(acme.id()).stream()
                .filter(entry -> entry.object().equals(object))
                .toList();
    }

    @Test
    void eachChangeIsSignedAsOneDocumentAndRaisesItsVersion() {
        var before = verified();
        assertThat(before.guardrails()).extracting(one -> one.name()).containsExactly("no-drops");
        assertThat(before.masking()).extracting(one -> one.rule().name()).containsExactly("staff");

        var made =
                bed.post(acme.admin, "/v1/guardrails", write("rows", NO_ROWS)).as(Guardrails.Guardrail.class);
        assertThat(made.order()).isEqualTo(100);
        assertThat(made.enabled()).isTrue();
        assertThat(verified().version()).isEqualTo(before.version() + 1);

        var changed = bed.put(
                        acme.admin,
                        "/v1/guardrails/rows",
                        new Guardrails.GuardrailWrite(
                                "rows", "Look.", NO_ROWS, null, Map.of("env", "*"), List.of("engineers"), 1L, false))
                .as(Guardrails.Guardrail.class);
        assertThat(changed.version()).isEqualTo(2);
        assertThat(bed.get(acme.auditor, "/v1/guardrails/" + made.id()).as(Guardrails.Guardrail.class))
                .isEqualTo(changed);
        assertThat(bed.get(acme.auditor, "/v1/guardrails")
                        .as(Guardrails.Page.class)
                        .items())
                .extracting(Guardrails.Guardrail::name)
                .containsExactlyInAnyOrder("rows", "no-drops");

        assertThat(bed.delete(acme.admin, "/v1/guardrails/rows").status()).isEqualTo(204);
        assertThat(bed.get(acme.admin, "/v1/guardrails/rows").status()).isEqualTo(404);
        assertThat(verified().version()).isEqualTo(before.version() + 3);
        assertThat(verified().guardrails()).isEqualTo(before.guardrails());

        var log = audit(made.id());
        assertThat(log)
                .extracting(AuditEntry::action)
                .containsExactly("guardrail.deleted", "guardrail.updated", "guardrail.created");
        assertThat(log.get(1).details())
                .containsEntry("enabled", "false")
                .containsEntry("before.enabled", "true")
                .containsEntry("before.order", "100")
                .containsEntry("groups", "engineers")
                .doesNotContainKey("before.rules");
        assertThat(log.getFirst().details()).containsEntry("before.rules", NO_ROWS);
    }

    @Test
    void aMistakeIsToldWithItsFieldAndLine() {
        var reply = bed.post(
                acme.admin,
                "/v1/guardrails",
                new Guardrails.GuardrailWrite(
                        null, null, "rule x\n  blok", List.of("B A D"), null, List.of("nobody"), 0L, null));
        assertThat(reply.wrongFields()).containsExactlyInAnyOrder("name", "rules", "groups[0]", "order");
        assertThat(reply.text()).contains("line 2: 'blok' is none of rule, unread");
        assertThat(bed.post(acme.admin, "/v1/guardrails", write("x", "# nothing"))
                        .wrongFields())
                .containsExactly("rules");
        assertThat(bed.post(acme.admin, "/v1/guardrails", write("x", "rule a\n block\n when matches (?<=a)b"))
                        .wrongFields())
                .containsExactly("rules");
        assertThat(bed.post(acme.admin, "/v1/guardrails", write("safe-writes", NO_ROWS))
                        .wrongFields())
                .containsExactly("name");
        assertThat(bed.post(
                                acme.admin,
                                "/v1/masking-rules",
                                new MaskingRules.MaskingRuleWrite(
                                        "x",
                                        null,
                                        List.of("type e-mails", "pattern ("),
                                        "shred",
                                        null,
                                        null,
                                        null,
                                        null))
                        .wrongFields())
                .containsExactlyInAnyOrder("masks[0]", "masks[1]", "strategy");
    }

    @Test
    void aNameIsOncePerTenantAndThePolicyHasItsBounds() {
        var again = bed.post(acme.admin, "/v1/guardrails", write("no-drops", NO_ROWS));
        assertThat(again.problem().is(Problem.Type.CONFLICT)).as(again.text()).isTrue();
        var twice = bed.post(acme.admin, "/v1/masking-rules", Filled.maskingRule("staff"));
        assertThat(twice.problem().is(Problem.Type.CONFLICT)).as(twice.text()).isTrue();

        var many = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            many.append("rule r").append(i).append("\n block\n when unlimited\n");
        }
        var large = bed.post(acme.admin, "/v1/guardrails", write("large", many.toString()));
        assertThat(large.status()).isBetween(400, 499);
        assertThat(large.text()).contains("at most 256 rules in all");
        assertThat(verified().guardrail("large")).isEmpty();
    }

    @Test
    void aChangeOfWhatSomebodyElseChangedIsRefused() {
        var tag = bed.get(acme.admin, "/v1/guardrails/no-drops").headers().get("ETag");
        bed.put(acme.admin, "/v1/guardrails/no-drops", write("no-drops", NO_ROWS))
                .as(Guardrails.Guardrail.class);
        var stale = bed.call(
                "PUT",
                "/v1/guardrails/no-drops",
                acme.admin,
                write("no-drops", NO_ROWS),
                Map.of("If-Match", String.valueOf(tag)));
        assertThat(stale.status()).isEqualTo(412);
    }

    @Test
    void aGroupThatAGuardrailNamesStays() {
        bed.post(acme.admin, "/v1/groups", new Groups.NewGroup("interns"));
        bed.post(
                        acme.admin,
                        "/v1/masking-rules",
                        new MaskingRules.MaskingRuleWrite(
                                "interns", null, List.of("type email"), "null", null, null, List.of("interns"), null))
                .as(MaskingRules.MaskingRule.class);
        var refused = bed.delete(acme.admin, "/v1/groups/interns");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("masking rules name this group");
        bed.delete(acme.admin, "/v1/masking-rules/interns");
        assertThat(bed.delete(acme.admin, "/v1/groups/interns").status()).isEqualTo(204);
    }

    @Test
    void aMaskingRuleIsMadeShownChangedAndDeleted() {
        var made = acme.maskingRule;
        assertThat(made.masks()).containsExactly("column staff.*", "pattern EMP-[0-9]+");
        assertThat(made.order()).isEqualTo(7);
        var changed = bed.put(
                        acme.admin,
                        "/v1/masking-rules/staff",
                        new MaskingRules.MaskingRuleWrite(
                                "staff", null, List.of("class credential"), "partial", null, null, null, null))
                .as(MaskingRules.MaskingRule.class);
        assertThat(changed.strategy()).isEqualTo("partial 4");
        assertThat(verified().forSession("any", Map.of(), Set.of()).masking()).hasSize(1);
        assertThat(bed.delete(acme.admin, "/v1/masking-rules/" + made.id()).status())
                .isEqualTo(204);
        assertThat(audit(made.id()))
                .extracting(AuditEntry::action)
                .containsExactly("maskingrule.deleted", "maskingrule.updated", "maskingrule.created");
        assertThat(audit(made.id()).get(1).details())
                .containsEntry("strategy", "partial 4")
                .containsEntry("before.strategy", "hash");
    }

    @Test
    void aNewTenantHasItsPolicyAndAnOlderOneGetsIt() {
        var fresh = bed.tenant("fresh");
        assertThat(bed.store.policies().policy(Bed.id(fresh)).orElseThrow().signed())
                .isPresent();

        var old = TenantId.next(bed.clock);
        var signer = bed.signers.of(old);
        bed.store
                .tenants()
                .create(Actor.SYSTEM, new Tenant(old, "old", 1, signer.publicKey()))
                .orThrow();
        assertThat(bed.store.policies().policy(old).orElseThrow().signed()).isEmpty();
        bed.store.policyDocuments().ensure(Actor.SYSTEM, old, signer);
        var signed = bed.store.policies().policy(old).orElseThrow().signed();
        assertThat(signed).isPresent();
        bed.store.policyDocuments().ensure(Actor.SYSTEM, old, signer);
        assertThat(bed.store.policies().policy(old).orElseThrow().signed()).isEqualTo(signed);
    }

    private List<String> verdicts(DryRuns.GuardrailsDryRun asked) {
        return bed
                .post(acme.auditor, "/v1/dry-runs/guardrails", asked)
                .as(DryRuns.GuardrailsVerdicts.class)
                .verdicts()
                .stream()
                .map(one -> one.verdict()
                        + Optional.ofNullable(one.rule())
                                .map(rule -> " " + rule)
                                .orElse(""))
                .toList();
    }

    @Test
    void aDryRunSaysWhatRulesWouldSay() {
        var statements = List.of("drop table t", "update t set a = 1", "select 1", "not sql at all");
        assertThat(verdicts(new DryRuns.GuardrailsDryRun("no-drops", null, null, null, null, statements)))
                .containsExactly("block no-drops/drop", "allow", "allow", "hold unread");
        assertThat(verdicts(new DryRuns.GuardrailsDryRun(null, NO_ROWS, null, null, "postgres", statements)))
                .containsExactly("allow", "block given/rows", "allow", "hold unread");

        bed.post(acme.admin, "/v1/connections", database("pg-shop")).as(Connections.Connection.class);
        assertThat(verdicts(new DryRuns.GuardrailsDryRun(null, null, "pg-shop", null, null, statements)))
                .as("the guardrail is for engineers, read-only for everybody")
                .containsExactly("block read-only/schema", "block read-only/writes", "allow", "hold unread");
        assertThat(verdicts(
                        new DryRuns.GuardrailsDryRun(null, null, "pg-shop", List.of("engineers"), null, statements)))
                .startsWith("block no-drops/drop");

        var touched = bed.post(
                        acme.admin,
                        "/v1/dry-runs/guardrails",
                        new DryRuns.GuardrailsDryRun("no-drops", null, null, null, null, List.of("drop table t")))
                .as(DryRuns.GuardrailsVerdicts.class)
                .verdicts()
                .getFirst();
        assertThat(touched.touches()).contains("drop table");
        assertThat(touched.message()).isEqualTo("Ask for a migration.");
    }

    @Test
    void aDryRunIsAnsweredOnceForItsKey() {
        var asked = new DryRuns.GuardrailsDryRun("no-drops", null, null, null, null, List.of("drop table t"));
        var header = Map.of("Idempotency-Key", "one");
        var first = bed.call("POST", "/v1/dry-runs/guardrails", acme.admin, asked, header);
        var again = bed.call("POST", "/v1/dry-runs/guardrails", acme.admin, asked, header);
        assertThat(again.headers()).containsEntry("Idempotent-Replayed", "true");
        assertThat(again.text()).isEqualTo(first.text());
        var wrong = bed.call("POST", "/v1/dry-runs/guardrails", acme.admin, "{}", Map.of("Idempotency-Key", "two"));
        assertThat(wrong.status()).isEqualTo(400);
    }

    @Test
    void aDryRunOfNothingIsRefusedWithItsFields() {
        assertThat(bed.post(
                                acme.admin,
                                "/v1/dry-runs/guardrails",
                                new DryRuns.GuardrailsDryRun("other", null, "bash", null, "oracle", List.of()))
                        .wrongFields())
                .containsExactlyInAnyOrder("guardrail", "connection", "dialect", "statements");
        assertThat(bed.post(
                                acme.admin,
                                "/v1/dry-runs/guardrails",
                                new DryRuns.GuardrailsDryRun(null, null, null, null, null, List.of("select 1")))
                        .wrongFields())
                .containsExactly("guardrail");
    }

    private static String database(String name) {
        return """
                {"name": "%s", "agent": "first", "type": "postgres", "postgres":
                  {"host": "db", "user": "app", "guardrails": ["read-only"]}}""".formatted(name);
    }
}
