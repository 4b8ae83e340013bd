package dev.sallyport.core.policy;

import dev.sallyport.core.id.GuardrailId;

/// A guardrail of a tenant: rules under a name, for some connections and groups.
///
/// @param name small letters, digits and `-`; what the names of its rules begin with
/// @param description for admins; may be empty
/// @param rules as [GuardrailText] has them, one at least
/// @param order the least is asked first; of equals the one whose name comes first
/// @param enabled one that is not is kept, and asked nowhere
/// @param version 1, and one more with each change
public record Guardrail(
        GuardrailId id,
        String name,
        String description,
        String rules,
        Reach reach,
        int order,
        boolean enabled,
        long version) {

    /// Largest order; the least is 1.
    public static final int LAST = 1_000;

    /// The order of what names none.
    public static final int MIDDLE = 100;

    static final int LONGEST_DESCRIPTION = 500;

    public Guardrail {
        if (!GuardrailText.names(name)) {
            throw new IllegalArgumentException("a guardrail's name has 1 to 63 small letters, digits and '-'");
        }
        if (name.equals(Guardrails.OWN) || GuardrailPreset.of(name).isPresent()) {
            throw new IllegalArgumentException("'" + name + "' is what ready-made rules are called: take another name");
        }
        checkPlace(description, order, version);
        if (GuardrailText.read(name, rules).rules().isEmpty()) {
            throw new IllegalArgumentException("a guardrail has one rule at least");
        }
    }

    static void checkPlace(String description, int order, long version) {
        if (description.length() > LONGEST_DESCRIPTION || description.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a description has at most " + LONGEST_DESCRIPTION
                    + " characters, none of them a control character");
        }
        if (order < 1 || order > LAST) {
            throw new IllegalArgumentException("the order is from 1 to " + LAST);
        }
        if (version < 1) {
            throw new IllegalArgumentException("a version is 1 or more");
        }
    }

    /// Its rules, read.
    public Guardrails compiled() {
        return GuardrailText.read(name, rules);
    }

    /// The same, one version on from `before`.
    public Guardrail after(Guardrail before) {
        return new Guardrail(id, name, description, rules, reach, order, enabled, before.version() + 1);
    }
}
