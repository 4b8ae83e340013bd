package dev.sallyport.core.policy;

import dev.sallyport.core.id.MaskingRuleId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a new database connection masks when nobody has written a rule: credentials, cards, bank accounts, national
/// ids, e-mail, phones and addresses of people. Names of people, dates of birth and addresses of machines are not
/// masked until a rule says so.
public final class DefaultMasking {

    private DefaultMasking() {}

    /// The rules, in order: cards keep their last four digits, the others get a label.
    public static List<MaskingRule> rules() {
        return List.of(
                rule(
                        1,
                        "default cards",
                        new MaskingStrategy.Partial(4),
                        new MaskingSubject.OfType(EntityType.PAYMENT_CARD)),
                rule(
                        2,
                        "default",
                        new MaskingStrategy.Redact(),
                        new MaskingSubject.OfClass(EntityClass.CREDENTIAL),
                        new MaskingSubject.OfClass(EntityClass.FINANCIAL),
                        new MaskingSubject.OfClass(EntityClass.NATIONAL_ID),
                        new MaskingSubject.OfClass(EntityClass.CONTACT)));
    }

    /// Only credentials: what no recording holds, whatever users may see.
    public static List<MaskingRule> credentials() {
        return List.of(rule(
                3, "credentials", new MaskingStrategy.Redact(), new MaskingSubject.OfClass(EntityClass.CREDENTIAL)));
    }

    private static MaskingRule rule(int number, String name, MaskingStrategy strategy, MaskingSubject... subjects) {
        var id = new MaskingRuleId("msk_" + "0".repeat(25) + number);
        return new MaskingRule(id, name, Set.of(), Map.of(), Set.of(), List.of(subjects), strategy);
    }
}
