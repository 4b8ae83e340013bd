package dev.sallyport.inspect.guardrails;

import dev.sallyport.core.policy.Guardrails;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.SqlSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Verdicts of texts that came before: by the exact text, the rules, and the settings that change what a text means.
/// Never
/// by a text without its literals: `where 1=2` and `where 1=1` are two texts.
public final class VerdictCache {

    private static final int MOST = 4_096;
    private static final int MOST_CHARACTERS = 4 << 20;
    private static final int LONGEST = 8_192;
    private static final int MOST_RULES = 1_000;

    private record Key(long rules, SqlSettings settings, String text) {}

    private final Map<Key, Judged> verdicts = new LinkedHashMap<>(64, 0.75f, true);
    private int characters;

    /// Rules by a number of their own: nobody compares them for each statement.
    private final Map<Guardrails, Long> numbers = new HashMap<>();

    private long lastNumber;

    /// The number of these rules, to ask with; the same for the same rules, and never that of others.
    long number(Guardrails guardrails) {
        synchronized (verdicts) {
            if (numbers.size() >= MOST_RULES) {
                numbers.clear();
            }
            return numbers.computeIfAbsent(guardrails, _ -> ++lastNumber);
        }
    }

    /// The verdict of this very text.
    Optional<Judged> get(long rules, SqlSettings settings, String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        synchronized (verdicts) {
            return Optional.ofNullable(verdicts.get(new Key(rules, settings, text)));
        }
    }

    void put(long rules, SqlSettings settings, String text, Judged judged) {
        if (text.length() > LONGEST) {
            return;
        }
        synchronized (verdicts) {
            if (verdicts.put(new Key(rules, settings, text), judged) == null) {
                characters += text.length();
            }
            var oldest = verdicts.entrySet().iterator();
            while (verdicts.size() > MOST || characters > MOST_CHARACTERS) {
                characters -= oldest.next().getKey().text().length();
                oldest.remove();
            }
        }
    }
}
