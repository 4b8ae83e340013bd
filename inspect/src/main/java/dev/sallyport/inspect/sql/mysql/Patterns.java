package dev.sallyport.inspect.sql.mysql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;

/// Whether a pattern takes every text.
final class Patterns {

    /// A pattern that takes all of these takes anything that matters.
    private static final List<String> SAMPLES = List.of("a", "Q", "7", "x-1", "ä", " ");

    private static final int LONGEST = 1_000;

    private Patterns() {}

    static boolean likeTakesAll(String pattern) {
        return pattern.contains("%")
                && pattern.chars().allMatch(letter -> letter == '%' || letter == '_')
                && pattern.chars().filter(letter -> letter == '_').count() <= 1;
    }

    /// The servers' expressions are RE2's for what is this simple.
    static boolean expressionTakesAll(String pattern) {
        if (pattern.length() > LONGEST) {
            return false;
        }
        try {
            var compiled = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
            return SAMPLES.stream().allMatch(sample -> compiled.matcher(sample).find());
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
