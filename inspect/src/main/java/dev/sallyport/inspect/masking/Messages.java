package dev.sallyport.inspect.masking;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Masks texts of the server that are no rows: by value, and where the server is known to repeat values with the
/// names
/// of their columns.
///
/// PostgreSQL: `Key (email)=(alice@example.com) already exists.`, `Failing row contains (1, Alice, …).`. MySQL:
/// `Duplicate
/// entry 'alice@example.com' for key 'customers.email'`.
final class Messages {

    private static final Pattern KEY = Pattern.compile("Key \\(([^()]{1,512}+)\\)=\\(");
    private static final String ROW = "Failing row contains (";
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate entry '");
    private static final Pattern INDEX = Pattern.compile("' for key '([^']{1,256}+)'");

    private final Policy policy;
    private final TextMask texts;
    private final Map<String, Long> counts = new HashMap<>();

    Messages(Policy policy, TextMask texts) {
        this.policy = policy;
        this.texts = texts;
    }

    Map<String, Long> counts() {
        return counts;
    }

    byte[] mask(byte[] text) {
        var bytes = byColumns(text);
        return texts.mask(bytes, 0, bytes.length, counts)
                .map(TextMask.Outcome::bytes)
                .orElse(bytes);
    }

    private byte[] byColumns(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.contains(ROW)) {
            // the columns are not named: none of it is shown
            return cut(text, text.indexOf(ROW) + ROW.length(), text.length(), ")");
        }
        var key = KEY.matcher(text);
        if (key.find() && masks(key.group(1).split(",", -1))) {
            int end = text.lastIndexOf(')');
            return cut(text, key.end(), Math.max(end, key.end()), "");
        }
        var duplicate = DUPLICATE.matcher(text);
        var index = INDEX.matcher(text);
        if (duplicate.find()
                && index.find(duplicate.end())
                && masks(index.group(1).split("[._]", -1))) {
            return cut(text, duplicate.end(), index.start(), "");
        }
        return bytes;
    }

    private byte[] cut(String text, int from, int to, String tail) {
        counts.merge(RuleMasking.WITHHELD, 1L, Long::sum);
        return (text.substring(0, from) + "[" + RuleMasking.WITHHELD + "]" + tail + text.substring(to))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean masks(String[] names) {
        for (var name : names) {
            if (policy.ofColumn(Optional.empty(), name.strip().replace("\"", ""))
                    .filter(decision -> !decision.shows())
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }
}
