package dev.sallyport.inspect.masking;

import com.google.re2j.Matcher;
import dev.sallyport.core.policy.EntityType;
import dev.sallyport.core.policy.MaskingStrategy;
import dev.sallyport.inspect.masking.Policy.Decision;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Masks what is found in a text, and leaves the rest. For one thread at a time.
final class TextMask {

    /// A range with what becomes of it.
    record Range(int start, int end, Decision decision) {}

    private final Policy policy;
    private final Scanner scanner;
    private final ValueMask values;
    private final Findings found = new Findings();
    private final boolean scans;

    TextMask(Policy policy, ValueMask values) {
        this.policy = policy;
        this.values = values;
        var scanned = policy.scanned();
        this.scanner = new Scanner(scanned);
        this.scans = !scanned.isEmpty();
    }

    /// What of a text is masked: nothing (the text itself is the answer), or its new form.
    ///
    /// @param bytes the new form
    /// @param nothing whether a strategy wants the whole value to be null
    record Outcome(byte[] bytes, boolean nothing) {}

    /// Whether `counts` grew tells how often; empty when nothing was found.
    Optional<Outcome> mask(byte[] b, int from, int to, Map<String, Long> counts) {
        var ranges = find(b, from, to);
        if (ranges.isEmpty()) {
            return Optional.empty();
        }
        var out = new ByteArrayOutputStream(to - from);
        int at = from;
        boolean nothing = false;
        boolean masked = false;
        for (var range : ranges) {
            var decision = range.decision;
            if (decision.shows()) {
                continue;
            }
            out.write(b, at, range.start - at);
            out.writeBytes(replaced(range, b, to));
            at = Math.min(range.end, to);
            nothing |= decision.strategy() instanceof MaskingStrategy.Null;
            masked = true;
            counts.merge(decision.label(), 1L, Long::sum);
        }
        if (!masked) {
            return Optional.empty();
        }
        out.write(b, at, to - at);
        return Optional.of(new Outcome(out.toByteArray(), nothing));
    }

    /// Whether private keys are masked.
    boolean masksKeys() {
        return policy.scanned().contains(EntityType.PRIVATE_KEY);
    }

    /// What is masked, in order and apart from each other.
    List<Range> find(byte[] b, int from, int to) {
        if (scans) {
            scanner.scan(b, from, to, found);
        } else {
            found.clear();
        }
        return found.isEmpty() && policy.customs().isEmpty() ? List.of() : ranges(b, from, to);
    }

    /// What takes the place of a range.
    byte[] replaced(Range range, byte[] b, int to) {
        var decision = range.decision;
        return values.part(
                decision.strategy(), decision.label(), decision.type(), b, range.start, Math.min(range.end, to));
    }

    private List<Range> ranges(byte[] b, int from, int to) {
        var ranges = new ArrayList<Range>();
        for (int i = 0; i < found.size(); i++) {
            ranges.add(new Range(found.start(i), found.end(i), policy.of(found.type(i))));
        }
        if (policy.customs().isEmpty()) {
            return ranges;
        }
        // by Latin-1 every byte is a character, and places are the same; a pattern sees UTF-8 if all of it is ASCII
        var text = new String(b, from, to - from, StandardCharsets.ISO_8859_1);
        for (var custom : policy.customs()) {
            Matcher matcher = custom.pattern().matcher(text);
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    ranges.add(new Range(from + matcher.start(), from + matcher.end(), custom.decision()));
                }
            }
        }
        return merged(ranges);
    }

    /// Overlaps become one, under the rule that comes first of those that mask.
    private static List<Range> merged(List<Range> ranges) {
        ranges.sort(Comparator.comparingInt(Range::start));
        var merged = new ArrayList<Range>();
        for (var range : ranges) {
            if (range.decision.shows()) {
                continue;
            }
            var last = merged.isEmpty() ? null : merged.getLast();
            if (last == null || range.start >= last.end) {
                merged.add(range);
            } else {
                var first = last.decision.order() <= range.decision.order() ? last.decision : range.decision;
                merged.set(merged.size() - 1, new Range(last.start, Math.max(last.end, range.end), first));
            }
        }
        return merged;
    }
}
