package dev.sallyport.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.id.GuardrailId;
import dev.sallyport.core.id.MaskingRuleId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.tenant.TenantKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PolicyDocumentTest {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final TenantId TENANT = TenantId.next(CLOCK);
    private static final String NO_DROP =
            "unread block\nrule drop\n  block\n  when does drop\n  say No é %\u2026 + drops.\n";

    private final TenantKey.Signer signer = signer();

    private static TenantKey.Signer signer() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return TenantKey.Signer.of(pair.getPrivate(), new TenantKey(pair.getPublic()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Guardrail guardrail(String name, int order, Reach reach) {
        return new Guardrail(GuardrailId.next(CLOCK), name, "why = not", NO_DROP, reach, order, true, 1);
    }

    private static PlacedMaskingRule masking(String name, int order, String strategy, Set<String> groups) {
        var rule = new MaskingRule(
                MaskingRuleId.next(CLOCK),
                name,
                Set.of("shop-*"),
                Map.of("env", "prod"),
                groups,
                List.of(MaskingSubject.of("column shop.customers.*"), MaskingSubject.of("pattern EMP-\\d+")),
                MaskingStrategy.of(strategy));
        return new PlacedMaskingRule(rule, "", order, 3);
    }

    private static PolicyDocument example() {
        return PolicyDocument.empty(TENANT)
                .with(guardrail("later", 200, Reach.EVERYWHERE))
                .with(guardrail("b-prod", 100, new Reach(Set.of("pg-*"), Map.of("env", "prod"), Set.of())))
                .with(guardrail("a-interns", 100, new Reach(Set.of(), Map.of(), Set.of("interns"))))
                .with(masking("hashes", 20, "hash", Set.of()))
                .with(masking("support sees", 10, "show", Set.of("support")));
    }

    private static List<String> names(PolicyDocument document, String connection, String env, String... groups) {
        return document.forSession(connection, Map.of("env", env), Set.of(groups)).guardrails().stream()
                .map(guardrails -> guardrails.rules().getFirst().guardrail())
                .toList();
    }

    @Test
    void aGuardrailCountsForItsConnectionsTagsAndGroupsInOrder() {
        var policy = example();
        assertThat(names(policy, "pg-a", "test", "interns")).containsExactly("a-interns", "b-prod", "later");
        assertThat(names(policy, "shop", "prod", "staff")).containsExactly("b-prod", "later");
        assertThat(names(policy, "shop", "test")).containsExactly("later");
        var later = policy.guardrail("later").orElseThrow();
        var off = new Guardrail(later.id(), "later", "", NO_DROP, Reach.EVERYWHERE, 1, false, 2);
        assertThat(names(policy.with(off), "shop", "test")).isEmpty();
        assertThat(names(policy.without(later.id()), "shop", "test")).isEmpty();
        assertThat(policy.version()).isEqualTo(6);
    }

    @Test
    void aMaskingRuleCountsInItsPlace() {
        assertThat(example().forSession("shop-1", Map.of(), Set.of("support")).masking())
                .extracting(MaskingRule::name)
                .containsExactly("support sees", "hashes");
        assertThat(example()
                        .forSession("other", Map.of("env", "prod"), Set.of())
                        .masking())
                .extracting(MaskingRule::name)
                .containsExactly("hashes");
        assertThat(example().forSession("other", Map.of(), Set.of("support")).masking())
                .isEmpty();
    }

    @Test
    void guardrailsStandBetweenAConnectionsOwnRulesAndPresets() {
        var policy = example().forSession("pg-a", Map.of(), Set.of());
        var merged = Guardrails.of(
                List.of("no-ddl"), "unread allow\nrule mine\n  warn\n  when unlimited", policy.guardrails());
        assertThat(merged.rules())
                .extracting(GuardrailRule::guardrail)
                .startsWith("rules", "b-prod", "later", "no-ddl");
        assertThat(merged.unread()).as("the strictest of what they say").isEqualTo(GuardrailAction.BLOCK);
        assertThat(Guardrails.of(List.of(), "").unread()).isEqualTo(GuardrailAction.HOLD);
        assertThat(Guardrails.of(List.of("no-ddl"), "unread allow").unread()).isEqualTo(GuardrailAction.ALLOW);
    }

    @Test
    void whatIsSignedIsReadAgainAndNothingElse() throws Exception {
        var signed = SignedPolicy.sign(example(), signer);
        assertThat(signed.verify(signer.publicKey())).isEqualTo(example(signed));
        var other = signer().publicKey();
        assertThatThrownBy(() -> signed.verify(other)).isInstanceOf(BadPolicy.class);
        for (int i = 0; i < signed.bytes().length; i += 5) {
            var changed = signed.bytes().clone();
            changed[i] ^= 1;
            var forged = new SignedPolicy(changed, signed.signature());
            assertThatThrownBy(() -> forged.verify(signer.publicKey()))
                    .isInstanceOfSatisfying(
                            BadPolicy.class, bad -> assertThat(bad.signed()).isFalse());
        }
    }

    /// The document that `signed` holds: ids are new each time.
    private static PolicyDocument example(SignedPolicy signed) {
        var document = signed.unverified();
        assertThat(document.guardrails()).extracting(Guardrail::name).containsExactly("a-interns", "b-prod", "later");
        assertThat(document.guardrail("b-prod").orElseThrow().rules()).isEqualTo(NO_DROP);
        assertThat(document.maskingRule("hashes").orElseThrow().version()).isEqualTo(3);
        return document;
    }

    @Test
    void aDocumentThatLeavesSomethingToBeUnderstoodIsNotRead() {
        var text = new String(SignedPolicy.sign(example(), signer).bytes(), StandardCharsets.UTF_8);
        for (var changed : List.of(
                text.replace("order 200", "later thing\norder 200"),
                text.replace("enabled true", "enabled maybe"),
                text.replace("order 200", "order 0200"),
                text.replace("order 200", "order 1"),
                text.replace("guardrail grd", "guardrails grd"),
                text.replaceAll("(?m)^rules .*\n", ""),
                text + "x\n",
                text.replace("end\n", ""))) {
            assertThat(changed).isNotEqualTo(text);
            assertUnread(changed.getBytes(StandardCharsets.UTF_8));
        }
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int end = 0; end < bytes.length; end++) {
            assertUnread(Arrays.copyOf(bytes, end));
        }
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            var garbage = new byte[random.nextInt(80)];
            random.nextBytes(garbage);
            assertUnread(garbage);
        }
    }

    private void assertUnread(byte[] bytes) {
        var signed = new SignedPolicy(bytes, signer.sign("policy v1", bytes));
        assertThatThrownBy(() -> signed.verify(signer.publicKey()))
                .isInstanceOfSatisfying(
                        BadPolicy.class, bad -> assertThat(bad.signed()).isTrue());
    }

    @Test
    void aDocumentHasItsBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> example().with(guardrail("later", 5, Reach.EVERYWHERE)))
                .withMessage("another guardrail has this name");
        var many = new StringBuilder();
        IntStream.range(0, 250).forEach(i -> many.append("rule r" + i + "\n block\n when unlimited\n"));
        var large = new Guardrail(GuardrailId.next(CLOCK), "large", "", many.toString(), Reach.EVERYWHERE, 1, true, 1);
        var policy = PolicyDocument.empty(TENANT).with(large);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IntStream.range(0, 7)
                        .mapToObj(i -> guardrail("g" + i, 1, Reach.EVERYWHERE))
                        .reduce(policy, PolicyDocument::with, (a, b) -> b))
                .withMessage("the guardrails of a tenant have at most 256 rules in all");
        var comment = "#" + "x".repeat(16_000) + "\n";
        var long1 = IntStream.range(0, 17)
                .mapToObj(i -> new Guardrail(
                        GuardrailId.next(CLOCK), "l" + i, "", comment + NO_DROP, Reach.EVERYWHERE, 1, true, 1))
                .reduce(PolicyDocument.empty(TENANT), PolicyDocument::with, (a, b) -> b);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SignedPolicy.sign(long1, signer))
                .withMessageContaining("262144 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> guardrail("safe-writes", 1, Reach.EVERYWHERE))
                .withMessageContaining("take another name");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Guardrail(GuardrailId.next(CLOCK), "none", "", "# nothing", Reach.EVERYWHERE, 1, true, 1))
                .withMessage("a guardrail has one rule at least");
    }

    @Test
    void whatCannotBeWrittenIsNotSigned() {
        var broken =
                new Guardrail(GuardrailId.next(CLOCK), "broken", "half \ud800", NO_DROP, Reach.EVERYWHERE, 1, true, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SignedPolicy.sign(PolicyDocument.empty(TENANT).with(broken), signer))
                .withMessageContaining("cannot be written");
    }
}
