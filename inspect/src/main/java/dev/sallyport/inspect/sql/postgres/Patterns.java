package dev.sallyport.inspect.sql.postgres;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;

/// Whether a pattern takes any text that is not empty.
final class Patterns {

    private static final int LONGEST = 200;

    /// Texts that have little in common: what takes all of them takes everything.
    private static final List<String> SAMPLES = List.of("0", "x", "Z", "é", "-", " ", "_", "q 7\tB", "日本", "@#");

    private Patterns() {}

    static boolean likeTakesAll(String pattern) {
        return pattern.contains("%")
                && pattern.chars().allMatch(letter -> letter == '%' || letter == '_')
                && pattern.chars().filter(letter -> letter == '_').count() <= 1;
    }

    /// PostgreSQL's expressions are RE2's for what is this simple.
    static boolean expressionTakesAll(String pattern) {
        if (pattern.length() > LONGEST) {
            return false;
        }
        try {
            var compiled = Pattern.compile(pattern, Pattern.DOTALL);
            return SAMPLES.stream().allMatch(sample -> compiled.matcher(sample).find());
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
