package dev.sallyport.core.policy;

import dev.sallyport.core.id.GuardrailId;
import dev.sallyport.core.id.MaskingRuleId;
import dev.sallyport.core.id.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// All guardrails and masking rules of one tenant: what the control plane signs as a whole, so that nobody on the way
/// to the agent can leave one out.
///
/// @param version 1 where nothing was ever written, and one more with each change of anything in it
/// @param guardrails in the order in which they are asked
/// @param masking in order
public record PolicyDocument(
        TenantId tenant, long version, List<Guardrail> guardrails, List<PlacedMaskingRule> masking) {

    /// Most guardrails.
    public static final int MOST_GUARDRAILS = 128;

    /// Longest document in its signed form, in bytes.
    public static final int LONGEST = 262_144;

    public PolicyDocument {
        if (version < 1) {
            throw new IllegalArgumentException("a version is 1 or more");
        }
        if (guardrails.size() > MOST_GUARDRAILS) {
            throw new IllegalArgumentException("a tenant has at most " + MOST_GUARDRAILS + " guardrails");
        }
        if (masking.size() > MaskingRule.MOST_RULES) {
            throw new IllegalArgumentException("a tenant has at most " + MaskingRule.MOST_RULES + " masking rules");
        }
        if (guardrails.stream().mapToInt(one -> one.compiled().rules().size()).sum() > Guardrails.MOST_RULES) {
            throw new IllegalArgumentException(
                    "the guardrails of a tenant have at most " + Guardrails.MOST_RULES + " rules in all");
        }
        once(guardrails, Guardrail::id, "guardrail");
        once(guardrails, Guardrail::name, "guardrail");
        once(masking, one -> one.rule().id(), "masking rule");
        once(masking, one -> one.rule().name(), "masking rule");
        guardrails = guardrails.stream()
                .sorted(Comparator.comparingInt(Guardrail::order).thenComparing(Guardrail::name))
                .toList();
        masking = masking.stream()
                .sorted(Comparator.comparingInt(PlacedMaskingRule::order)
                        .thenComparing(one -> one.rule().name()))
                .toList();
    }

    private static <T> void once(Collection<T> all, Function<T, Object> by, String what) {
        var seen = new HashSet<Object>();
        for (var one : all) {
            if (!seen.add(by.apply(one))) {
                throw new IllegalArgumentException("another " + what + " has this name");
            }
        }
    }

    /// That of a new tenant.
    public static PolicyDocument empty(TenantId tenant) {
        return new PolicyDocument(tenant, 1, List.of(), List.of());
    }

    public Optional<Guardrail> guardrail(GuardrailId id) {
        return guardrails.stream().filter(one -> one.id().equals(id)).findFirst();
    }

    public Optional<Guardrail> guardrail(String name) {
        return guardrails.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    public Optional<PlacedMaskingRule> maskingRule(MaskingRuleId id) {
        return masking.stream().filter(one -> one.rule().id().equals(id)).findFirst();
    }

    public Optional<PlacedMaskingRule> maskingRule(String name) {
        return masking.stream().filter(one -> one.rule().name().equals(name)).findFirst();
    }

    /// The next version, with this guardrail in the place of the one of its id, or besides.
    public PolicyDocument with(Guardrail guardrail) {
        var all = new ArrayList<>(without(guardrail.id()).guardrails);
        all.add(guardrail);
        return new PolicyDocument(tenant, version + 1, all, masking);
    }

    /// The next version, with this masking rule in the place of the one of its id, or besides.
    public PolicyDocument with(PlacedMaskingRule rule) {
        var all = new ArrayList<>(without(rule.rule().id()).masking);
        all.add(rule);
        return new PolicyDocument(tenant, version + 1, guardrails, all);
    }

    /// The next version, without this guardrail.
    public PolicyDocument without(GuardrailId id) {
        var all = guardrails.stream().filter(one -> !one.id().equals(id)).toList();
        return new PolicyDocument(tenant, version + 1, all, masking);
    }

    /// The next version, without this masking rule.
    public PolicyDocument without(MaskingRuleId id) {
        var all = masking.stream().filter(one -> !one.rule().id().equals(id)).toList();
        return new PolicyDocument(tenant, version + 1, guardrails, all);
    }

    /// What it says of a session of this connection by a user of these groups.
    public SessionPolicy forSession(String connection, Map<String, String> tags, Set<String> groups) {
        return new SessionPolicy(
                guardrails.stream()
                        .filter(Guardrail::enabled)
                        .filter(one -> one.reach().covers(connection, tags, groups))
                        .map(Guardrail::compiled)
                        .toList(),
                masking.stream()
                        .map(PlacedMaskingRule::rule)
                        .filter(rule -> rule.appliesTo(connection, tags, groups))
                        .toList());
    }
}
