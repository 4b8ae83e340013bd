package dev.sallyport.core.policy;

import java.util.List;

/// What a tenant's policy says of one session.
///
/// @param guardrails in the order in which they are asked
/// @param masking in order: the first that speaks of something counts
public record SessionPolicy(List<Guardrails> guardrails, List<MaskingRule> masking) {

    /// Nothing.
    public static final SessionPolicy NONE = new SessionPolicy(List.of(), List.of());

    public SessionPolicy {
        guardrails = List.copyOf(guardrails);
        masking = List.copyOf(masking);
    }
}
