package dev.sallyport.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The rules that the statements of a connection are held against, in order: for each statement the first counts whose
/// conditions all hold, and one that none speaks of is allowed. Of several statements in one text the strictest verdict
/// counts for all.
///
/// A rule that allows counts only for a statement of which it covers everything: `allow`, `does create table` is not
/// for
/// one that deletes besides. That of a preset excepts from this preset and not from the others.
///
/// @param unread what becomes of a text that is not understood, or runs what it does not show, when any rule is by
///     grammar
public record Guardrails(List<GuardrailRule> rules, GuardrailAction unread) {

    /// Most rules of a connection, presets included.
    public static final int MOST_RULES = 256;

    /// Longest text of rules, in characters.
    public static final int LONGEST = 16_384;

    /// No rules.
    public static final Guardrails NONE = new Guardrails(List.of(), GuardrailAction.HOLD);

    public Guardrails {
        rules = List.copyOf(rules);
        if (rules.size() > MOST_RULES) {
            throw new IllegalArgumentException("a connection has at most " + MOST_RULES + " rules");
        }
    }

    /// A connection's rules: its own first, then those of presets, in order.
    ///
    /// @param presets names of [GuardrailPreset]s
    /// @param own rules as [GuardrailText] has them; may be empty
    /// @throws IllegalArgumentException with a sentence for whoever wrote them
    public static Guardrails of(List<String> presets, String own) {
        var mine = GuardrailText.read("rules", own);
        var rules = new ArrayList<>(mine.rules());
        for (var name : presets) {
            rules.addAll(GuardrailPreset.of(name)
                    .orElseThrow(() -> new IllegalArgumentException("there is no guardrail '" + name + "'; there are "
                            + String.join(
                                    ", ",
                                    Stream.of(GuardrailPreset.values())
                                            .map(GuardrailPreset::word)
                                            .toList())))
                    .rules());
        }
        return new Guardrails(rules, mine.unread());
    }

    /// Whether any rule needs statements to be understood.
    public boolean byGrammar() {
        return rules.stream().flatMap(rule -> rule.conditions().stream()).anyMatch(GuardrailCondition::byGrammar);
    }
}
