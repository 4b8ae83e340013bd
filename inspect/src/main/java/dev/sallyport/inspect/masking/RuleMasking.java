package dev.sallyport.inspect.masking;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sallyport.core.policy.MaskingRule;
import dev.sallyport.core.policy.MaskingSubject;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ResultMask;
import dev.sallyport.inspect.masking.Policy.Decision;
import dev.sallyport.inspect.sql.ColumnUse;
import dev.sallyport.inspect.sql.ResultColumn;
import dev.sallyport.inspect.sql.SqlStatement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Masks by the rules of one session: columns by where they come from and by telling names, everything else by what
/// stands in it.
///
/// One per session; one thread at a time. Fails closed: an error inside withholds the value.
public final class RuleMasking implements Masking {

    /// What stands for a value that could not be looked at.
    static final String WITHHELD = "withheld";

    private final Policy policy;
    private final ValueMask values;
    private final TextMask texts;
    private final JsonMask json;
    private final Messages messages;

    private RuleMasking(List<MaskingRule> rules, Secret key) {
        policy = new Policy(rules);
        values = new ValueMask(key);
        texts = new TextMask(policy, values);
        json = new JsonMask(policy, texts, values);
        messages = new Messages(policy, texts);
    }

    /// The masking of a session.
    ///
    /// @param rules all rules of the tenant, in order; those that do not apply are left out
    /// @param key what keyed hashes and tokens hang on: the tenant's
    /// @throws IllegalArgumentException if a pattern of a rule cannot be read: such a session does not begin
    public static Masking of(
            List<MaskingRule> rules, Secret key, String connection, Map<String, String> tags, Set<String> groups) {
        var applying = rules.stream()
                .filter(rule -> rule.appliesTo(connection, tags, groups))
                .toList();
        return ofSession(applying, key);
    }

    /// The same of rules that all apply to the session, whatever connection and groups they name.
    public static Masking ofSession(List<MaskingRule> rules, Secret key) {
        var masking = new RuleMasking(rules, key);
        return masking.policy.masksNothing() ? Masking.NONE : masking;
    }

    /// @throws IllegalArgumentException if a pattern among them cannot be read
    public static void check(List<MaskingSubject> subjects) {
        for (var subject : subjects) {
            if (subject instanceof MaskingSubject.OfPattern(var expression)) {
                try {
                    var _ = Pattern.compile(expression);
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException("the pattern cannot be read: " + e.getDescription(), e);
                }
            }
        }
    }

    /// The masking of these rules, whatever connection and groups they name.
    public static RuleMasking ofAll(List<MaskingRule> rules, Secret key) {
        return new RuleMasking(rules, key);
    }

    /// A mask of a stream of bytes under the same rules, as a terminal or a command prints it; it belongs to the same
    /// thread.
    public StreamMask stream() {
        return new StreamMask(texts);
    }

    /// Column decisions are made here, once per result.
    @Override
    public ResultMask of(List<Column> columns, Optional<List<ResultColumn>> origins) {
        var known = origins.filter(list -> list.size() == columns.size());
        var decisions = new ArrayList<Optional<Decision>>();
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            int at = i;
            decisions.add(decide(column, known.map(list -> list.get(at)))
                    .filter(decision -> decision.shows() || canCarry(column, decision)));
        }
        return new RuleResultMask(columns, decisions, policy, values, texts, json);
    }

    /// Of everything that reaches a column the first rule counts that masks; it is shown by a rule only if
    /// all of it is,
    /// and all of it is known.
    private Optional<Decision> decide(Column column, Optional<ResultColumn> result) {
        boolean byWire = column.origin().isPresent();
        boolean known = byWire || result.map(ResultColumn::known).orElse(false);
        var uses = Stream.concat(
                        result.stream().flatMap(each -> each.origins().stream()),
                        column.origin().stream()
                                .map(origin -> new ColumnUse(column.table(), origin, ColumnUse.Where.RESULT)))
                .toList();
        var found = new ArrayList<Optional<Decision>>();
        uses.forEach(use -> found.add(policy.ofColumn(use)));
        if (!known) {
            found.add(policy.ofColumn(Optional.empty(), column.name()));
        }
        var masking = Stream.concat(found.stream().flatMap(Optional::stream), policy.ofName(column.name()).stream())
                .filter(decision -> !decision.shows())
                .min((a, b) -> Integer.compare(a.order(), b.order()));
        boolean shown = !found.isEmpty()
                && known
                && found.stream()
                        .allMatch(each -> each.isPresent() && each.get().shows());
        if (shown) {
            return found.getFirst();
        }
        return masking;
    }

    /// A name tells nothing of a column whose type cannot hold such a value: `email boolean`, `phone_id int`.
    private static boolean canCarry(Column column, Decision decision) {
        if (decision.type().isEmpty()
                || !decision.label().equals(decision.type().get().word())) {
            return true;
        }
        var type = decision.type().get();
        return switch (column.type()) {
            case TEXT, JSON, BYTES, OTHER -> true;
            case BOOLEAN -> false;
            case TIME -> type == dev.sallyport.core.policy.EntityType.DATE_OF_BIRTH;
            case UUID -> type.entityClass() == dev.sallyport.core.policy.EntityClass.CREDENTIAL;
            case INTEGER, NUMBER ->
                switch (type.entityClass()) {
                    case FINANCIAL, NATIONAL_ID, CONTACT, PERSON -> true;
                    case CREDENTIAL, NETWORK -> false;
                };
        };
    }

    @Override
    public byte[] message(byte[] text) {
        try {
            return messages.mask(text);
        } catch (RuntimeException | StackOverflowError e) {
            return ("[" + WITHHELD + "]").getBytes(StandardCharsets.UTF_8);
        }
    }

    /// The first masked column by which a statement chooses or sorts rows, by which its values could be found out one
    /// question at a time. For a judge that refuses such.
    public Optional<String> refusesConditions(SqlStatement statement) {
        return statement.columns().stream()
                .filter(use -> use.where() == ColumnUse.Where.CONDITION
                        && !use.column().equals("*"))
                .filter(use -> policy.ofColumn(use)
                        .filter(decision -> !decision.shows())
                        .isPresent())
                .map(use -> use.table().map(table -> table + ".").orElse("") + use.column())
                .sorted()
                .findFirst();
    }

    /// How much was masked in messages, by type or rule.
    public Map<String, Long> messageCounts() {
        return new LinkedHashMap<>(Objects.requireNonNull(messages.counts()));
    }
}
