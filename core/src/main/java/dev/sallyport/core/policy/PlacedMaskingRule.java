package dev.sallyport.core.policy;

/// A masking rule of a tenant, with its place among the others.
///
/// @param description for admins; may be empty
/// @param order the least counts first; of equals the one whose name comes first
/// @param version 1, and one more with each change
public record PlacedMaskingRule(MaskingRule rule, String description, int order, long version) {

    public PlacedMaskingRule {
        Guardrail.checkPlace(description, order, version);
    }

    /// The same, one version on from `before`.
    public PlacedMaskingRule after(PlacedMaskingRule before) {
        return new PlacedMaskingRule(rule, description, order, before.version() + 1);
    }
}
