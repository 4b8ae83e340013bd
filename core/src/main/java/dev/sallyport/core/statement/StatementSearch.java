package dev.sallyport.core.statement;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a search over statements asks for: every word and every quoted phrase must be in the text.
///
/// @param words all that must be among a text's words, common ones too
/// @param lookups those of them by which statements are found; at least one
/// @param phrases in lower case, with single blanks, as they must stand in the text
public record StatementSearch(Set<String> words, List<String> lookups, List<String> phrases) {

    /// Longest search, in characters.
    public static final int LONGEST = 256;

    /// Most words that a search may have.
    public static final int MOST_WORDS = 12;

    public StatementSearch {
        words = Set.copyOf(words);
        lookups = List.copyOf(lookups);
        phrases = List.copyOf(phrases);
        if (lookups.isEmpty()) {
            throw new IllegalArgumentException("a search needs a word that can be looked up");
        }
    }

    /// Reads what a user wrote: words, and phrases between double quotes. Empty when it is too long, has too many
    /// words, none by which anything can be found, or what is no text.
    public static Optional<StatementSearch> of(String written) {
        if (written.length() > LONGEST || written.codePoints().anyMatch(StatementSearch::isUnfit)) {
            return Optional.empty();
        }
        var words = new LinkedHashSet<String>();
        var phrases = new ArrayList<String>();
        boolean quoted = false;
        for (var part : written.split("\"", -1)) {
            words.addAll(StatementWords.all(part));
            if (quoted && !part.isBlank()) {
                phrases.add(plain(part).strip());
            }
            quoted = !quoted;
        }
        var lookups = words.stream().filter(StatementWords::isIndexed).toList();
        if (lookups.isEmpty() || words.size() > MOST_WORDS) {
            return Optional.empty();
        }
        return Optional.of(new StatementSearch(words, lookups, phrases));
    }

    /// Whether a text has all that is asked for.
    public boolean matches(String text) {
        if (!StatementWords.all(text).containsAll(words)) {
            return false;
        }
        var plain = phrases.isEmpty() ? "" : plain(text);
        return phrases.stream().allMatch(plain::contains);
    }

    private static boolean isUnfit(int c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    }
}
