package dev.sallyport.core.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The rules that the statements of a connection are held against, in order: for each statement the first counts whose
/// conditions all hold, and one that none speaks of is allowed. Of several statements in one text the strictest verdict
/// counts for all.
///
/// A rule that allows counts only for a statement of which it covers everything: `allow`, `does create table` is not
/// for one that deletes besides. That of a preset or of a named guardrail excepts from this one and not from the
/// others; one of the connection's own rules excepts from all.
///
/// @param unread what becomes of a text that is not understood, or runs what it does not show, when any rule is by
///     grammar
public record Guardrails(List<GuardrailRule> rules, GuardrailAction unread) {

    /// What the names of a connection's own rules begin with.
    public static final String OWN = "rules";

    /// Most rules of a connection, presets included; and of all guardrails of a tenant.
    public static final int MOST_RULES = 256;

    private static final int MOST_MERGED = 2 * MOST_RULES;

    /// Longest text of rules, in characters.
    public static final int LONGEST = 16_384;

    /// No rules.
    public static final Guardrails NONE = new Guardrails(List.of(), GuardrailAction.HOLD);

    public Guardrails {
        rules = List.copyOf(rules);
        if (rules.size() > MOST_MERGED) {
            throw new IllegalArgumentException("a session is held against at most " + MOST_MERGED + " rules");
        }
    }

    /// A connection's rules: its own first, then those of presets, in order.
    ///
    /// @param presets names of [GuardrailPreset]s
    /// @param own rules as [GuardrailText] has them; may be empty
    /// @throws IllegalArgumentException with a sentence for whoever wrote them
    public static Guardrails of(List<String> presets, String own) {
        return of(presets, own, List.of());
    }

    /// The same with guardrails of the tenant between the two. Of what becomes of a text that is not understood the
    /// strictest counts: of the connection's own rules, and of each guardrail that is by grammar.
    public static Guardrails of(List<String> presets, String own, List<Guardrails> named) {
        var mine = GuardrailText.read(OWN, own);
        var readyMade = new ArrayList<GuardrailRule>();
        for (var name : presets) {
            readyMade.addAll(GuardrailPreset.of(name)
                    .orElseThrow(() -> new IllegalArgumentException("there is no guardrail '" + name + "'; there are "
                            + String.join(
                                    ", ",
                                    Stream.of(GuardrailPreset.values())
                                            .map(GuardrailPreset::word)
                                            .toList())))
                    .rules());
        }
        if (mine.rules().size() + readyMade.size() > MOST_RULES) {
            throw new IllegalArgumentException("a connection has at most " + MOST_RULES + " rules");
        }
        var rules = new ArrayList<>(mine.rules());
        named.forEach(one -> rules.addAll(one.rules()));
        rules.addAll(readyMade);
        boolean asked = !own.isBlank() || !presets.isEmpty();
        var unread = Stream.concat(
                        asked ? Stream.of(mine.unread()) : Stream.of(),
                        named.stream().filter(Guardrails::byGrammar).map(Guardrails::unread))
                .max(Comparator.naturalOrder())
                .orElse(mine.unread());
        return new Guardrails(rules, unread);
    }

    /// Whether any rule needs statements to be understood.
    public boolean byGrammar() {
        return rules.stream().flatMap(rule -> rule.conditions().stream()).anyMatch(GuardrailCondition::byGrammar);
    }
}
