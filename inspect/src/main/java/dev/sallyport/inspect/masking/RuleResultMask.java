package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.inspect.database.Column;
import dev.sallyport.inspect.database.Column.ValueType;
import dev.sallyport.inspect.database.Masked;
import dev.sallyport.inspect.database.ResultMask;
import dev.sallyport.inspect.masking.Policy.Decision;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Masks the values of one result, with what was decided of its columns.
final class RuleResultMask implements ResultMask {

    /// Fewest digits of a number that can be an entity.
    private static final int FEWEST_DIGITS = 9;

    private final ValueType[] types;
    private final List<Optional<Decision>> decisions;
    private final boolean[] looked;
    private final Policy policy;
    private final ValueMask values;
    private final TextMask texts;
    private final JsonMask json;
    private final Map<String, Long> counts = new HashMap<>();

    RuleResultMask(
            List<Column> columns,
            List<Optional<Decision>> decisions,
            Policy policy,
            ValueMask values,
            TextMask texts,
            JsonMask json) {
        this.types = columns.stream().map(Column::type).toArray(ValueType[]::new);
        this.decisions = List.copyOf(decisions);
        this.policy = policy;
        this.values = values;
        this.texts = texts;
        this.json = json;
        this.looked = new boolean[types.length];
        for (int i = 0; i < types.length; i++) {
            looked[i] = decisions.get(i).map(decision -> !decision.shows()).orElseGet(byValue(types[i])::booleanValue);
        }
    }

    private Boolean byValue(ValueType type) {
        boolean anything = !policy.scanned().isEmpty() || !policy.customs().isEmpty();
        return anything
                && switch (type) {
                    case TEXT, JSON, BYTES, OTHER, INTEGER, NUMBER -> true;
                    case BOOLEAN, TIME, UUID -> false;
                };
    }

    @Override
    public boolean looksAt(int column) {
        return looked[column];
    }

    @Override
    public Masked value(int column, byte[] bytes, int from, int to) {
        if (!looked[column]) {
            return Masked.SAME;
        }
        try {
            return decisions
                    .get(column)
                    .map(decision -> whole(types[column], decision, bytes, from, to))
                    .orElseGet(() -> found(types[column], bytes, from, to));
        } catch (RuntimeException | StackOverflowError e) {
            counts.merge(RuleMasking.WITHHELD, 1L, Long::sum);
            return types[column] == ValueType.TEXT
                    ? new Masked.Text(ValueMask.ascii("[" + RuleMasking.WITHHELD + "]"))
                    : Masked.NULL;
        }
    }

    private Masked whole(ValueType type, Decision decision, byte[] b, int from, int to) {
        if (type == ValueType.JSON) {
            return json.mask(b, from, to, Optional.of(decision), counts);
        }
        if (from == to && type == ValueType.TEXT && !(decision.strategy() instanceof MaskingStrategy.Null)) {
            // an empty text hides nothing
            return Masked.SAME;
        }
        counts.merge(decision.label(), 1L, Long::sum);
        return values.whole(type, decision.strategy(), decision.label(), decision.type(), b, from, to);
    }

    private Masked found(ValueType type, byte[] b, int from, int to) {
        return switch (type) {
            case TEXT -> text(b, from, to);
            case JSON -> json.mask(b, from, to, Optional.empty(), counts);
            case INTEGER, NUMBER -> number(type, b, from, to);
            case BYTES -> bytes(b, from, to);
            case OTHER -> texts.mask(b, from, to, counts).isPresent() ? Masked.NULL : Masked.SAME;
            case BOOLEAN, TIME, UUID -> Masked.SAME;
        };
    }

    private Masked text(byte[] b, int from, int to) {
        var outcome = texts.mask(b, from, to, counts);
        if (outcome.isEmpty()) {
            return Masked.SAME;
        }
        return outcome.get().nothing()
                ? Masked.NULL
                : new Masked.Text(outcome.get().bytes());
    }

    private Masked number(ValueType type, byte[] b, int from, int to) {
        if (to - from < FEWEST_DIGITS) {
            return Masked.SAME;
        }
        int end = to;
        // 4111111111111111.00 is the same number
        while (end > from && b[end - 1] == '0') {
            end--;
        }
        end = end > from && b[end - 1] == '.' ? end - 1 : to;
        var before = new HashMap<>(counts);
        var outcome = texts.mask(b, from, end, counts);
        if (outcome.isEmpty()) {
            return Masked.SAME;
        }
        // what was found says which strategy; a number is masked whole
        for (var each : counts.entrySet()) {
            if (!each.getValue().equals(before.get(each.getKey()))) {
                return strategyOf(each.getKey())
                        .map(strategy -> values.whole(type, strategy, each.getKey(), Optional.empty(), b, from, to))
                        .orElse(Masked.NULL);
            }
        }
        return Masked.NULL;
    }

    private Optional<MaskingStrategy> strategyOf(String label) {
        return dev.sallyport.core.policy.EntityType.of(label)
                .map(policy::of)
                .or(() -> policy.customs().stream()
                        .map(Policy.Custom::decision)
                        .filter(decision -> decision.label().equals(label))
                        .findFirst())
                .map(Decision::strategy);
    }

    private Masked bytes(byte[] b, int from, int to) {
        if (!ValueMask.hexadecimal(b, from, to)) {
            return text(b, from, to);
        }
        var hidden = HexFormat.of()
                .parseHex(new String(b, from + 2, to - from - 2, java.nio.charset.StandardCharsets.US_ASCII));
        var outcome = texts.mask(hidden, 0, hidden.length, counts);
        if (outcome.isEmpty()) {
            return Masked.SAME;
        }
        return outcome.get().nothing()
                ? Masked.NULL
                : new Masked.Text(ValueMask.hex(outcome.get().bytes()));
    }

    @Override
    public Map<String, Long> counts() {
        return Map.copyOf(counts);
    }
}
